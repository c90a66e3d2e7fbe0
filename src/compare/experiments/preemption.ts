import type { TrialResult } from "../../report/comparison.ts";
import type { MachineConfig } from "../../boot/config.ts";
import type { Experiment } from "../experiment.ts";
import { trialMachine } from "../machine.ts";
import { measuredAt, plotOf, START, tableOf, time, times, WHOLE } from "../results.ts";
import { above, all, below, conclude, figures, together, verdict, type Sentence } from "../sentence.ts";
import type { Trial } from "../trial.ts";

const TLB_US = 40;
/** Times until a context that works reaches a preemption point. */
const PREEMPT_US = [10, 100, 1000] as const;
/** With contexts that work all the while a machine costs many steps. */
const BUSY_GPUS = [1, 4, 8] as const;
const IDLE_GPUS = [1, 4, 16, 64] as const;
/** So many that what the end of the process adds, with contexts at rest, stays below the median. */
const INVALIDATIONS = 6;

/**
 * The same work, preempt, flush, wait, in one, two and three passes; and xe's, which does not flush before it lets a context go
 * on.
 */
const DESIGNS: Readonly<Record<string, Pick<MachineConfig, "driver"> & Partial<MachineConfig>>> = {
  "one pass": { driver: "n-pass-3", finish: { kind: "nowait", failPercent: 100 } },
  "two passes": { driver: "n-pass-2" },
  "three passes": { driver: "n-pass-3" },
  "xe-userptr-preempt": { driver: "xe-userptr-preempt" },
};

/**
 * Preemption before the flush: pending fences (busy contexts), or fences that are signaled as soon as they are looked at (idle
 * ones).
 */
export const preemption: Experiment = {
  name: "preemption",
  question: "What do preemption plus flush gain from two passes, and what would a third add?",
  claim:
    "Bind waits, start of preemption and wait for it can be pipelined; two passes suffice (Hellström, Brost; RULES c, " +
    "49): a third case was not found.",
  setting:
    `One CPU takes a page away; GPUs are preempted, flush for ${TLB_US} us, and go on. Contexts are at rest, or at work ` +
    "with the page.",
  uses: [],
  trials: ({ seed }) => [
    ...IDLE_GPUS.flatMap((gpus) =>
      Object.keys(DESIGNS).map((design) => trialOf({ contexts: "idle", preemption: 100, GPUs: gpus, design }, seed)),
    ),
    ...PREEMPT_US.flatMap((preemptUs) =>
      BUSY_GPUS.flatMap((gpus) =>
        Object.keys(DESIGNS).map((design) => trialOf({ contexts: "busy", preemption: preemptUs, GPUs: gpus, design }, seed)),
      ),
    ),
  ],
  conclude: (results) => ({
    table: tableOf(
      results,
      [
        { title: "contexts", unit: "" },
        { title: "preemption", unit: "us" },
        { title: "GPUs", unit: "" },
        { title: "design", unit: "" },
      ],
      [START, WHOLE],
    ),
    plots: PREEMPT_US.map((preemptUs) =>
      plotOf(
        results.filter(({ labels }) => labels["contexts"] === "busy" && labels["preemption"] === preemptUs),
        {
          name: `preemption-${preemptUs}us`,
          title: `An invalidation, if a context needs ${preemptUs} us to stop`,
          by: "design",
          x: "GPUs",
          figure: WHOLE,
        },
      ),
    ),
    answer: [
      verdictOf(results),
      ...PREEMPT_US.map((preemptUs) => answerFor(results, "busy", preemptUs, BUSY_GPUS.at(-1)!)),
      answerFor(results, "idle", 100, IDLE_GPUS.at(-1)!),
      xeAnswer(results),
    ],
  }),
};

interface Where extends Readonly<Record<string, string | number>> {
  readonly contexts: "idle" | "busy";
  readonly preemption: number;
  readonly GPUs: number;
  readonly design: string;
}

function trialOf(labels: Where, seed: number): Trial {
  return {
    labels,
    config: trialMachine({
      ...DESIGNS[labels.design],
      gpus: labels.GPUs,
      scenario: labels.contexts === "busy" ? "busy-page" : "one-page",
      tlbLatencyUs: TLB_US,
      preemptLatencyUs: labels.preemption,
      seed,
    }),
    invalidations: INVALIDATIONS,
    seconds: 100,
    isWatched: false,
  };
}

/** Two suffice for a driver that flushes before its contexts go on if a third pass gains next to nothing. */
function verdictOf(results: readonly TrialResult[]): Sentence {
  const gpus = BUSY_GPUS.at(-1)!;
  const at = (design: string) => PREEMPT_US.map((preemptUs) => wholeUs(results, "busy", preemptUs, gpus, design));
  const [two, three, xe] = [at("two passes"), at("three passes"), at("xe-userptr-preempt")];
  const gains = two.map((us, i) => us / three[i]);
  const gained =
    `with ${gpus} GPUs a third makes it ${gains.map((gain, i) => `${times(gain)} (${PREEMPT_US[i]} us)`).join(", ")} as ` +
    "fast, by the time that a context needs";
  return verdict(
    below(1.1, ...gains),
    conclude(
      above(1.1, ...gains),
      `who preempts and flushes in the notifier loses the overlap of the flushes in two passes: ${gained}.`,
      `${gained}.`,
    ),
    conclude(
      below(1.1, ...xe.map((us, i) => us / three[i])),
      "Two do suffice for xe, which flushes only when a context goes on.",
      `xe takes ${xe.map((us, i) => `${times(us / three[i])} (${PREEMPT_US[i]} us)`).join(", ")} as long in two ` +
        "passes as others in three.",
    ),
  );
}

/** Flushes overlap if all of them together take less than the sum of their latencies. */
function answerFor(results: readonly TrialResult[], contexts: Where["contexts"], preemptUs: number, gpus: number): Sentence {
  const at = (design: string) => wholeUs(results, contexts, preemptUs, gpus, design);
  const [one, two, three] = [at("one pass"), at("two passes"), at("three passes")];
  const isBusy = contexts === "busy";
  const what = isBusy ? `Contexts that need ${preemptUs} us to stop` : "Contexts at rest, whose fences are signaled at once";
  const flushesUs = gpus * TLB_US + (isBusy ? preemptUs : 0);
  return together(
    figures`${what}, ${gpus} GPUs: ${time(one)} in one pass, ${time(two)} in two, ${time(three)} in three:`,
    figures`the second makes it ${times(one / two)} as fast, the third ${times(two / three)} more${conclude(
      all(above(flushesUs, one, two), below(flushesUs, three)),
      ", since only it lets flushes overlap",
      "",
    )}.`,
  );
}

function xeAnswer(results: readonly TrialResult[]): Sentence {
  const [preemptUs, gpus] = [PREEMPT_US[1], BUSY_GPUS.at(-1)!];
  const [xe, three] = ["xe-userptr-preempt", "three passes"].map((design) => wholeUs(results, "busy", preemptUs, gpus, design));
  return figures`xe in preempt-fence mode, ${preemptUs} us, ${gpus} GPUs: ${time(xe)} in two passes; ${conclude(
    below(1.1, xe / three),
    "it needs no third, because it flushes only before a context goes on",
    `others take ${time(three)} in three`,
  )}.`;
}

function wholeUs(results: readonly TrialResult[], contexts: string, preemptUs: number, gpus: number, design: string): number {
  return measuredAt(results, { contexts, preemption: preemptUs, GPUs: gpus, design }).wholeUs.p50;
}
