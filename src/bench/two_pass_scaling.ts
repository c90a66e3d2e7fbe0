import { atLeast, atMost, type Bar, type Benchmark, type Figure } from "./figure.ts";
import { medianInvalidationUs } from "./invalidation.ts";
import { median } from "./median.ts";

const GPUS = [1, 2, 4, 8, 16, 32] as const;
const DRIVERS = ["two-pass", "single-pass"] as const;
const TLB_LATENCY_US = 1000;
/** Invalidations of a run in two passes: enough for the compiler to warm up in every worker. */
const ROUNDS = 3000;
const REPEATS = 3;

/** On two cores, by number of GPUs. */
const LATENCY_BARS: Readonly<Record<number, Bar>> = { 16: atMost(1.35), 32: atMost(1.9) };
const SPEEDUP_BARS: Readonly<Record<number, Bar>> = { 16: atLeast(12), 32: atLeast(17) };

export const twoPassScaling: Benchmark = {
  name: "two-pass-scaling",
  summary: "how long an invalidation takes if every GPU needs 1 ms for its TLB: in two passes, and in one",
  isOnDemand: false,
  async run(say) {
    const figures: Figure[] = [];
    for (const gpus of GPUS) {
      const samples = { "two-pass": [] as number[], "single-pass": [] as number[] };
      for (let i = 0; i < REPEATS; i++) {
        for (const driver of DRIVERS) {
          // one after the other, so that both meet the same disturbances
          say(`${gpus} GPUs, ${driver}, ${i + 1} of ${REPEATS}`);
          samples[driver].push(
            await medianInvalidationUs({ driver, gpus, tlbLatencyUs: TLB_LATENCY_US, rounds: roundsOf(driver, gpus) }),
          );
        }
      }
      figures.push(...scalingFigures(gpus, median(samples["two-pass"]), median(samples["single-pass"])));
    }
    return { figures, notes: [] };
  },
};

/** Both drivers run for about as long: in one pass an invalidation takes so many times longer. */
function roundsOf(driver: string, gpus: number): number {
  return driver === "single-pass" ? Math.ceil(ROUNDS / gpus) : ROUNDS;
}

/** What two passes cost over the one latency that cannot be avoided, and what one pass costs over two. */
export function scalingFigures(gpus: number, twoPassUs: number, singlePassUs: number): Figure[] {
  const name = `${gpus} GPU${gpus === 1 ? "" : "s"}`;
  return [
    {
      name: `${name}, two passes`,
      unit: "us",
      value: twoPassUs,
      against: { name: "TLB latency", value: TLB_LATENCY_US },
      bar: LATENCY_BARS[gpus] ?? null,
    },
    {
      name: `${name}, one pass`,
      unit: "us",
      value: singlePassUs,
      against: { name: "two passes", value: twoPassUs },
      bar: SPEEDUP_BARS[gpus] ?? null,
    },
  ];
}
