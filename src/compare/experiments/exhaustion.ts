import type { TrialResult } from "../../report/comparison.ts";
import type { Experiment } from "../experiment.ts";
import { trialMachine } from "../machine.ts";
import { FALLBACKS, measuredAt, START, tableOf, TAIL, time, verdict, WHOLE, type Figure } from "../results.ts";

const GPUS = 16;
const SIZES = [0, 1, 2, 4, 8, 12, 16] as const;

/** Of the fallbacks, how many the second half of the GPUs had: 50 if it is nobody's fault. */
const LATER_HALF: Figure = {
  title: "later half's",
  unit: "%",
  of: ({ fallbacksByGpu, finishFallbacks }) =>
    finishFallbacks === 0
      ? null
      : (100 * fallbacksByGpu.slice(GPUS / 2).reduce((sum, count) => sum + count, 0)) / finishFallbacks,
};

/** Who pays when finish objects run out. */
export const exhaustion: Experiment = {
  name: "exhaustion",
  question: "How soon is GFP_NOWAIT exhausted by greedy notifiers, and who pays?",
  claim:
    "The first, greedy notifiers take what there is; the rest is serial again, exactly under reclaim (Hellström, 21 Aug 2025; RULES d 7).",
  setting: `One CPU takes pages away from ${GPUS} idle GPUs that share so many finish objects; a TLB invalidation takes 40 us.`,
  uses: [],
  trials: (options) =>
    SIZES.map((size) => ({
      labels: { objects: size },
      config: trialMachine({
        driver: "two-pass",
        gpus: GPUS,
        finish: { kind: "shared-pool", size },
        tlbLatencyUs: 40,
        seed: options.seed,
      }),
      invalidations: 100,
      seconds: 10,
      isWatched: false,
    })),
  conclude: (results) => ({
    table: tableOf(results, [{ title: "objects", unit: "" }], [FALLBACKS, LATER_HALF, START, WHOLE, TAIL]),
    plots: [
      {
        name: "exhaustion",
        title: `An invalidation on ${GPUS} GPUs that share finish objects`,
        x: { label: "finish objects", isLog: false },
        y: { label: "whole p50, us", isLog: false },
        series: [
          {
            name: "two-pass",
            points: results.map(({ labels, measured }) => [Number(labels["objects"]), measured.wholeUs.p50] as const),
          },
        ],
      },
    ],
    answer: [
      verdictOf(results),
      ...SIZES.filter((size) => size < GPUS).map((size) => {
        const measured = measuredAt(results, { objects: size });
        return (
          `${size === 1 ? "1 object" : `${size} objects`} for ${GPUS} GPUs: ${time(measured.wholeUs.p50)}, since ${FALLBACKS.of(measured)!.toFixed(0)} % of the invocations wait there and then; ` +
          `${LATER_HALF.of(measured)!.toFixed(0)} % of these are the later half's.`
        );
      }),
    ],
  }),
};

/** Who comes first takes what there is: with half as many objects as GPUs, the later half pays alone. */
function verdictOf(results: readonly TrialResult[]): string {
  const half = measuredAt(results, { objects: GPUS / 2 });
  const [none, enough] = [0, GPUS].map((objects) => measuredAt(results, { objects }).wholeUs.p50);
  return verdict(
    LATER_HALF.of(half)! > 90,
    `with ${GPUS / 2} objects for ${GPUS} GPUs ${LATER_HALF.of(half)!.toFixed(0)} % of those who go without are in the later half of the tree. ` +
      `Each object too few costs everybody about one latency: ${time(enough)} with enough of them, ${time(half.wholeUs.p50)} with half, ${time(none)} with none.`,
  );
}
