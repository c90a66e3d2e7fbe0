import { atMost, type Benchmark, type Figure } from "./figure.ts";
import { median } from "./median.ts";
import { runStress } from "./stress_process.ts";

const MINUTES = 10;
const OPTIONS = ["--gpus", "16", "--cpus", "3", "--seed", "1", "--seconds", String(MINUTES * 60)];
const MEMORY_BAR_BYTES = 600 * 2 ** 20;

export const memoryGrowth: Benchmark = {
  name: "memory-growth",
  summary: `resident memory of 16 GPUs and 3 CPUs over ${MINUTES} minutes of stress`,
  isOnDemand: true,
  async run(say) {
    const { rssBytes } = await runStress(OPTIONS, (seconds) => say(`${Math.floor(seconds)} of ${MINUTES * 60} s`));
    if (rssBytes.length < MINUTES)
      return { figures: [], notes: ["not measured: this system does not tell a process's resident memory"] };
    return { figures: growthFigures(byMinute(rssBytes, MINUTES)), notes: [] };
  },
};

/** Medians of the samples of each minute. */
export function byMinute(samples: readonly number[], minutes: number): number[] {
  const perMinute = samples.length / minutes;
  return Array.from({ length: minutes }, (_, i) =>
    median(samples.slice(Math.floor(i * perMinute), Math.floor((i + 1) * perMinute))),
  );
}

/**
 * Every minute beside the second one: in the first the machine boots and touches its memory for the first time.
 * @param minutes bytes, one figure for each minute
 */
export function growthFigures(minutes: readonly number[]): Figure[] {
  const from = { name: "minute 2", value: minutes[1] };
  return [
    {
      name: "most in any minute",
      unit: "bytes",
      value: Math.max(...minutes),
      against: { name: "allowed", value: MEMORY_BAR_BYTES },
      bar: atMost(1),
    },
    ...minutes.map((value, i): Figure => ({
      name: `minute ${i + 1}`,
      unit: "bytes",
      value,
      against: i > 1 ? from : null,
      bar: i === minutes.length - 1 ? atMost(1.05) : null,
    })),
  ];
}
