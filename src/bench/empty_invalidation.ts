import { buildCReference } from "./c_reference.ts";
import { atMost, type Benchmark, type Figure } from "./figure.ts";
import { medianInvalidationUs } from "./invalidation.ts";
import { median } from "./median.ts";

const DRIVERS = ["single-pass", "two-pass"] as const;
const ROUNDS = 10_000;
const REPEATS = 7;
/** Looks at the word before a C thread sleeps: about the 20 us that threads spin here. */
const SPINS = 1000;

export const emptyInvalidation: Benchmark = {
  name: "empty-invalidation",
  summary: "a whole invalidation of one GPU without latency, beside the bare hand-over between two threads in C",
  isOnDemand: false,
  async run(say) {
    const c = buildCReference();
    const samples = {
      "single-pass": [] as number[],
      "two-pass": [] as number[],
      sleeping: [] as number[],
      spinning: [] as number[],
    };
    for (let i = 0; i < REPEATS; i++) {
      say(`${i + 1} of ${REPEATS}`);
      for (const driver of DRIVERS) {
        samples[driver].push((await medianInvalidationUs({ driver, gpus: 1, tlbLatencyUs: 0, rounds: ROUNDS })) * 1000);
      }
      if (typeof c === "string") continue;
      samples.sleeping.push(c.roundTripNs(0));
      samples.spinning.push(c.roundTripNs(SPINS));
    }
    if (typeof c !== "string") c.dispose();
    const handOver =
      typeof c === "string" ? null : { sleepingNs: median(samples.sleeping), spinningNs: median(samples.spinning) };
    return {
      figures: emptyFigures(median(samples["single-pass"]), median(samples["two-pass"]), handOver),
      notes: typeof c === "string" ? [`no ratio: ${c}`] : [],
    };
  },
};

/** @param handOver the same in C, in nanoseconds; null if there is no C compiler */
export function emptyFigures(
  singlePassNs: number,
  twoPassNs: number,
  handOver: { readonly sleepingNs: number; readonly spinningNs: number } | null,
): Figure[] {
  const against = handOver === null ? null : { name: "futex in C", value: handOver.sleepingNs };
  const bar = handOver === null ? null : atMost(3);
  return [
    { name: "one pass", unit: "ns", value: singlePassNs, against, bar },
    { name: "two passes", unit: "ns", value: twoPassNs, against, bar },
    ...(handOver === null
      ? []
      : [{ name: "C, spinning before it sleeps", unit: "ns", value: handOver.spinningNs, against, bar: null } as const]),
  ];
}
