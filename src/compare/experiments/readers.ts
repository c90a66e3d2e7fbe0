import type { TrialResult } from "../../report/comparison.ts";
import type { Experiment } from "../experiment.ts";
import { trialMachine } from "../machine.ts";
import { measuredAt, plotOf, tableOf, time, times, verdict, type Figure } from "../results.ts";

const DESIGN = "two-pass";
const OTHERS = [0, 1, 2, 3, 4, 6, 8, 12, 16] as const;
/** Beside so many, waits are compared. */
const [FEW, MANY] = [1, 12];
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
  setting: `One CPU takes a page away from a GPU and reads it again, for ${VIRTUAL_SECONDS * 1000} ms; the others invalidate, without a pause, what its notifier does not watch and no GPU has.`,
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
function verdictOf(results: readonly TrialResult[]): string {
  const [few, many] = [FEW, MANY].map((others) => measuredAt(results, { others }).readerWaitUs.p50);
  const factor = (many / few) ** (1 / (MANY - FEW));
  const {
    readerWaitUs: { max },
    virtualUs,
  } = measuredAt(results, { others: OTHERS.at(-1)! });
  return verdict(
    factor > 1.2,
    `with each CPU more that invalidates, a wait takes ${times(factor)} as long, from ${time(few)} beside ${FEW} to ${time(many)} beside ${MANY} (medians): ` +
      "a reader goes on in a moment in which none of them is within an invalidation, and such moments become rare exponentially. " +
      `Beside ${OTHERS.at(-1)!} one wait lasts ${((100 * max) / virtualUs).toFixed(0)} % of the run.`,
  );
}

function answerFor(results: readonly TrialResult[], others: number): string {
  const { readerWaits, readersWaiting, readerWaitUs } = measuredAt(results, { others });
  if (readerWaits === 0) return `${others} others: it never waits.`;
  return `${others} others: p50 ${time(readerWaitUs.p50)}, longest ${time(readerWaitUs.max)}${readersWaiting === 0 ? "" : "; the last is not over"}.`;
}
