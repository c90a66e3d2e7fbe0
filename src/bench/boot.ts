import { spawnSync } from "node:child_process";
import { atMost, type Benchmark, type Figure } from "./figure.ts";
import { median } from "./median.ts";
import { PROJECT_ROOT, runStress } from "./stress_process.ts";

const MACHINE = ["--gpus", "16", "--cpus", "3", "--seed", "1"];
const REPEATS = 7;
const BUSY_SECONDS = 10;
const BOOT_BAR_MS = 1500;
const MEMORY_BAR_BYTES = 600 * 2 ** 20;

export const boot: Benchmark = {
  name: "boot",
  summary: "16 GPUs and 3 CPUs: from the command to the first invalidation, and the memory of a busy machine",
  isOnDemand: false,
  async run(say) {
    say("filling the bundle cache");
    await runStress([...MACHINE, "--invalidations", "1"]);
    const bootMs: number[] = [];
    const launchMs: number[] = [];
    for (let i = 0; i < REPEATS; i++) {
      say(`boot ${i + 1} of ${REPEATS}`);
      bootMs.push((await runStress([...MACHINE, "--invalidations", "1"])).bootMs);
      launchMs.push(wallMs("npx", ["tsx"]) - wallMs(process.execPath, ["--import", "tsx"]));
    }
    say(`${BUSY_SECONDS} s of stress`);
    const { result, rssBytes } = await runStress([...MACHINE, "--seconds", String(BUSY_SECONDS)]);
    return {
      figures: bootFigures(median(bootMs), median(launchMs), Math.max(result.peakRssBytes, ...rssBytes)),
      notes: ["Boot counts from the start of node with tsx; npx and its launcher come before that."],
    };
  },
};

export function bootFigures(bootMs: number, launchMs: number, residentBytes: number): Figure[] {
  return [
    { name: "first invalidation", unit: "ms", value: bootMs, against: { name: "allowed", value: BOOT_BAR_MS }, bar: atMost(1) },
    { name: "npx on top of that", unit: "ms", value: launchMs, against: null, bar: null },
    {
      name: "resident memory",
      unit: "bytes",
      value: residentBytes,
      against: { name: "allowed", value: MEMORY_BAR_BYTES },
      bar: atMost(1),
    },
  ];
}

/** Time that the help text takes. */
function wallMs(program: string, launcher: readonly string[]): number {
  const startMs = performance.now();
  spawnSync(program, [...launcher, "scripts/stress.ts", "--help"], { cwd: PROJECT_ROOT });
  return performance.now() - startMs;
}
