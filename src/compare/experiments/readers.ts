import type { TrialResult } from "../../report/comparison.ts";
import type { Experiment } from "../experiment.ts";
import { trialMachine } from "../machine.ts";
import { measuredAt, plotOf, tableOf, time, times, type Figure } from "../results.ts";
import { above, conclude, figures, verdict, type Sentence } from "../sentence.ts";

const DESIGN = "two-pass";
const OTHERS = [0, 1, 2, 3, 4, 6, 8, 12, 16] as const;
/** Beside so many, waits are compared. */
const [FEW, SOME, MANY] = [1, 4, 12];
/** A wait grows without bound if each CPU more makes it so many times as long. */
const GROWTH = 1.2;
const VIRTUAL_SECONDS = 0.04;

const WAITS: Figure = { title: "waits", unit: "", of: ({ readerWaits }) => readerWaits };
const MEDIAN: Figure = { title: "p50", unit: "us", of: ({ readerWaitUs }) => readerWaitUs.p50 };
const TAIL: Figure = { title: "p99", unit: "us", of: ({ readerWaitUs }) => readerWaitUs.p99 };
const LONGEST: Figure = { title: "longest", unit: "us", of: ({ readerWaitUs }) => readerWaitUs.max };
const NOT_OVER: Figure = { title: "still waiting", unit: "", of: ({ readersWaiting }) => readersWaiting };
const COMMITS: Figure = { title: "reads", unit: "/s", of: ({ commitsPerSecond }) => commitsPerSecond };

/** How long invalidations that are none of its business keep a reader waiting. */
export const readers: Experiment = {
  name: "readers",
  question: "How long can unrelated overlapping invalidations keep a reader waiting?",
  claim:
    "Without bound: a reader waits until all overlapping invalidations of the whole mm are over, and nothing ages (RULES 11).",
  setting:
    `One CPU takes a page away from a GPU and reads it again, for ${VIRTUAL_SECONDS * 1000} ms; the others invalidate, ` +
    "without a pause, what its notifier does not watch and no GPU has.",
  uses: [],
  trials: (options) =>
    OTHERS.map((others) => ({
      labels: { design: DESIGN, others },
      config: trialMachine({
        driver: DESIGN,
        gpus: 1,
        cpus: others + 1,
        scenario: "unrelated",
        tlbLatencyUs: 40,
        seed: options.seed,
      }),
      invalidations: null,
      seconds: VIRTUAL_SECONDS,
      isWatched: false,
    })),
  conclude: (results) => ({
    table: tableOf(results, [{ title: "others", unit: "" }], [WAITS, MEDIAN, TAIL, LONGEST, NOT_OVER, COMMITS]),
    plots: [
      {
        ...plotOf(
          results.filter(({ labels }) => Number(labels["others"]) > 0),
          {
            name: "readers",
            title: "The longest wait of a reader",
            by: "design",
            x: "others",
            figure: LONGEST,
          },
        ),
        x: { label: "others", isLog: false },
      },
    ],
    answer: [verdictOf(results), ...OTHERS.map((others) => answerFor(results, others))],
  }),
};

/** No bound: waits grow with each CPU by the same factor, until somebody waits as long as the others go on. */
function verdictOf(results: readonly TrialResult[]): Sentence {
  const [few, some, many] = [FEW, SOME, MANY].map((others) => measuredAt(results, { others }).readerWaitUs.p50);
  const factor = growth(few, many, MANY - FEW);
  const isExponential = above(GROWTH, growth(few, some, SOME - FEW), growth(some, many, MANY - SOME));
  const {
    readerWaitUs: { max },
    virtualUs,
  } = measuredAt(results, { others: OTHERS.at(-1)! });
  const medians = `from ${time(few)} beside ${FEW} to ${time(many)} beside ${MANY} (medians)`;
  return verdict(
    above(GROWTH, factor),
    conclude(
      isExponential,
      `with each CPU more that invalidates, a wait takes ${times(factor)} as long, ${medians}: ` +
        "a reader goes on in a moment in which none of them is within an invalidation, and such moments become rare " +
        "exponentially.",
      `waits go ${medians}, by way of ${time(some)} beside ${SOME}.`,
    ),
    figures`Beside ${OTHERS.at(-1)!} one wait lasts ${((100 * max) / virtualUs).toFixed(0)} % of the run.`,
  );
}

/** By how many times it grows with each CPU more. */
function growth(from: number, to: number, cpus: number): number {
  return (to / from) ** (1 / cpus);
}

function answerFor(results: readonly TrialResult[], others: number): Sentence {
  const { readerWaits, readersWaiting, readerWaitUs } = measuredAt(results, { others });
  const isOneWaiting = above(0, readersWaiting);
  return conclude(
    above(0, readerWaits),
    `${others} others: p50 ${time(readerWaitUs.p50)}, longest ` +
      `${time(readerWaitUs.max)}${conclude(isOneWaiting, "; the last is not over", "")}.`,
    `${others} others: it never waits.`,
  );
}
