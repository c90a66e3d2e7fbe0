import type { TrialResult } from "../../report/comparison.ts";
import type { Experiment } from "../experiment.ts";
import { trialMachine } from "../machine.ts";
import { FALLBACKS, measuredAt, START, tableOf, TAIL, time, WHOLE, type Figure } from "../results.ts";
import { above, all, conclude, figures, near, verdict, type Sentence } from "../sentence.ts";

const GPUS = 16;
const TLB_US = 40;
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
    "The first, greedy notifiers take what there is; the rest is serial again, exactly under reclaim (Hellström, 21 " +
    "Aug 2025; RULES d 7).",
  setting:
    `One CPU takes pages away from ${GPUS} idle GPUs that share so many finish objects; a TLB invalidation takes ` +
    `${TLB_US} us.`,
  uses: [],
  trials: (options) =>
    SIZES.map((size) => ({
      labels: { objects: size },
      config: trialMachine({
        driver: "two-pass",
        gpus: GPUS,
        finish: { kind: "shared-pool", size },
        tlbLatencyUs: TLB_US,
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
    answer: [verdictOf(results), ...SIZES.filter((size) => size < GPUS).map((size) => answerFor(results, size))],
  }),
};

/** An invocation that finds no object waits at once, and all behind it are late. */
function answerFor(results: readonly TrialResult[], size: number): Sentence {
  const measured = measuredAt(results, { objects: size });
  const enough = measuredAt(results, { objects: GPUS });
  const share = FALLBACKS.of(measured)!;
  const why = conclude(
    all(above(0, share), above(enough.wholeUs.p50, measured.wholeUs.p50)),
    `since ${share.toFixed(0)} % of the invocations wait there and then`,
    `and ${share.toFixed(0)} % of the invocations find none`,
  );
  const later = LATER_HALF.of(measured);
  const who = later === null ? "nobody goes without" : `${later.toFixed(0)} % of these are the later half's`;
  return figures`${size === 1 ? "1 object" : `${size} objects`} for ${GPUS} GPUs: ${time(measured.wholeUs.p50)}, ${why}; ${who}.`;
}

/** Who comes first takes what there is: with half as many objects as GPUs, the later half pays alone. */
function verdictOf(results: readonly TrialResult[]): Sentence {
  const half = measuredAt(results, { objects: GPUS / 2 });
  const later = LATER_HALF.of(half) ?? 0;
  const [none, enough] = [0, GPUS].map((objects) => measuredAt(results, { objects }).wholeUs.p50);
  const [firstUs, secondUs] = [half.wholeUs.p50 - enough, none - half.wholeUs.p50].map((us) => us / (GPUS / 2));
  const isOneLatency = all(...[firstUs, secondUs].map((us) => near(us, TLB_US, TLB_US / 4)));
  const medians = `${time(enough)} with enough of them, ${time(half.wholeUs.p50)} with half, ${time(none)} with none`;
  return verdict(
    above(90, later),
    figures`with ${GPUS / 2} objects for ${GPUS} GPUs ${later.toFixed(0)} % of those who go without are in the later half of the tree.`,
    conclude(
      isOneLatency,
      `Each object too few costs everybody about one latency: ${medians}.`,
      `An invalidation takes ${medians}: an object too few costs ${time(firstUs)} up to half of them, ` +
        `${time(secondUs)} from there on, and a latency is ${TLB_US} us.`,
    ),
  );
}
