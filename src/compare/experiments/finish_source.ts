import type { FinishOption } from "../../driver/options.ts";
import type { Measured, TrialResult } from "../../report/comparison.ts";
import type { Experiment } from "../experiment.ts";
import { trialMachine } from "../machine.ts";
import { FALLBACKS, measuredAt, plotOf, START, tableOf, TAIL, time, WHOLE, type Figure } from "../results.ts";
import { above, all, below, conclude, figures, together, verdict, type Sentence } from "../sentence.ts";

const CPUS = [1, 2, 4, 8, 16] as const;
const GPUS = 8;
const SOURCES: readonly (readonly [name: string, finish: FinishOption])[] = [
  ["pool", { kind: "pool", size: 16 }],
  ["embedded", { kind: "embedded" }],
  ["block", { kind: "block" }],
  ["join", { kind: "join" }],
];

/** Before a CPU can take its page away again, its GPUs have to have it back. */
const READER: Figure = { title: "reader p50", unit: "us", of: ({ readerWaitUs }) => readerWaitUs.p50 };

/** How often the one finish object of a notifier is in use, and what that does to the tail. */
export const finishSource: Experiment = {
  name: "finish-source",
  question: "How often is an embedded finish found in use, and what does the fallback do to the tail?",
  claim: "Preallocate one in the notifier; that it is found in use is expected to be rare (Brost; RULES d 7).",
  setting:
    `So many CPUs take pages away, one by one, through the same notifiers of ${GPUS} idle GPUs; a TLB invalidation ` +
    "takes 40 us.",
  uses: [],
  trials: (options) =>
    CPUS.flatMap((cpus) =>
      SOURCES.map(([source, finish]) => ({
        labels: { CPUs: cpus, source },
        config: trialMachine({
          driver: "two-pass",
          gpus: GPUS,
          cpus,
          finish,
          scenario: "side-by-side",
          tlbLatencyUs: 40,
          seed: options.seed,
        }),
        invalidations: 150 * cpus,
        seconds: 10,
        isWatched: false,
      })),
    ),
  conclude: (results) => ({
    table: tableOf(
      results,
      [
        { title: "CPUs", unit: "" },
        { title: "source", unit: "" },
      ],
      [FALLBACKS, START, WHOLE, TAIL, READER],
    ),
    plots: [
      plotOf(results, {
        name: "finish-source",
        title: "The slowest hundredth of invalidations",
        by: "source",
        x: "CPUs",
        figure: TAIL,
      }),
    ],
    answer: [verdictOf(results), ...CPUS.map((cpus) => answerFor(results, cpus)), whyRarer(results)],
  }),
};

function answerFor(results: readonly TrialResult[], cpus: number): Sentence {
  const [pool, embedded, join] = ["pool", "embedded", "join"].map((source) => measuredAt(results, { CPUs: cpus, source }));
  return together(
    figures`${cpus === 1 ? "1 CPU" : `${cpus} CPUs`}: in use in ${FALLBACKS.of(embedded)!.toFixed(1)} % of the invocations; p99 ${time(embedded.wholeUs.p99)} against ${time(pool.wholeUs.p99)}`,
    figures`with ${poolIn(pool)} and ${time(join.wholeUs.p99)} if the later one joins.`,
  );
}

function poolIn(measured: Measured): Sentence {
  const share = FALLBACKS.of(measured)!;
  return conclude(below(Number.MIN_VALUE, share), "a pool that never ends", `a pool that ends in ${share.toFixed(1)} %`);
}

/** Whose page is not back yet has nothing to take away. */
function whyRarer(results: readonly TrialResult[]): Sentence {
  const [fewer, most] = CPUS.slice(-2).map((cpus) => {
    const measured = measuredAt(results, { CPUs: cpus, source: "pool" });
    return { cpus, measured, waitUs: READER.of(measured)!, each: measured.invalidations / measured.virtualUs / cpus };
  });
  const waits = `${time(fewer.waitUs)} with ${fewer.cpus}, ${time(most.waitUs)} with ${most.cpus}`;
  return conclude(
    all(below(fewer.each, most.each), above(fewer.waitUs, most.waitUs)),
    `With more CPUs each invalidates more rarely, since it waits longer to have its page back (RULES 11): ${waits}, ` +
      `even with ${poolIn(most.measured)}.`,
    `To have its page back a CPU waits ${waits}.`,
  );
}

/** Rare: in less than one of a hundred invocations, with as many CPUs as were tried. */
const RARE_PERCENT = 1;
/** Usual: in more than one of twenty. */
const USUAL_PERCENT = 5;

function verdictOf(results: readonly TrialResult[]): Sentence {
  const shares = CPUS.map((cpus) => FALLBACKS.of(measuredAt(results, { CPUs: cpus, source: "embedded" }))!);
  const [alone, ...several] = shares;
  return verdict(
    below(RARE_PERCENT, ...shares),
    figures`it is in use in ${shares.map((share, i) => `${share.toFixed(0)} % (${CPUS[i]})`).join(", ")} of the invocations, by the number of CPUs that invalidate what one notifier watches.`,
    conclude(
      all(below(RARE_PERCENT, alone), above(USUAL_PERCENT, ...several)),
      "It is rare where one thread unmaps; it is usual where several do.",
      `It is so in ${Math.min(...shares).toFixed(1)} % at the least, in ${Math.max(...shares).toFixed(1)} % at the most.`,
    ),
  );
}
