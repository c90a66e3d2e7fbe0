import type { TrialResult } from "../../report/comparison.ts";
import { count } from "../../report/numbers.ts";
import type { Experiment } from "../experiment.ts";
import { trialMachine } from "../machine.ts";
import { measuredAt, plotOf, tableOf, time, times, TREE, WHOLE } from "../results.ts";
import { above, below, conclude, figures, verdict, type Sentence } from "../sentence.ts";

const NOTIFIERS = [10, 100, 1000, 10_000, 100_000] as const;
const DESIGNS = ["two-pass", "start-end", "pass-counter"] as const;
const INVALIDATIONS = 3;
/** What grows by less than this times the notifiers is linear in them. */
const LINEAR = 1.1;

/** What it costs to walk the tree of notifiers a second time. */
export const secondWalk: Experiment = {
  name: "second-walk",
  question: "What does the second walk cost at 10 to 100,000 notifiers?",
  claim:
    "A list of what was started needs one walk, O(n log n) against O(n) for the second pass (Hellström); two " +
    "callbacks are clearer (Popple; RULES d 3, 4).",
  setting:
    "One CPU invalidates a range with so many single-pass notifiers that have nothing to do, and a page of a GPU " +
    "whose flush takes no time.",
  uses: [],
  trials: (options) =>
    NOTIFIERS.flatMap((notifiers) =>
      DESIGNS.map((driver) => ({
        labels: { notifiers, design: driver },
        config: trialMachine({ driver, gpus: 1, scenario: "many-notifiers", notifiers, tlbLatencyUs: 0, seed: options.seed }),
        invalidations: INVALIDATIONS,
        seconds: 100,
        isWatched: false,
      })),
    ),
  conclude: (results) => ({
    table: tableOf(
      results,
      [
        { title: "notifiers", unit: "" },
        { title: "design", unit: "" },
      ],
      [WHOLE, TREE],
    ),
    plots: [
      plotOf(results, {
        name: "second-walk",
        title: "An invalidation that hits so many notifiers",
        by: "design",
        x: "notifiers",
        figure: WHOLE,
      }),
    ],
    answer: [
      verdictOf(results),
      ...[10, 100_000].flatMap((notifiers) => {
        const listed = measuredAt(results, { notifiers, design: "two-pass" }).wholeUs.p50;
        return DESIGNS.slice(1).map((design) => {
          const walked = measuredAt(results, { notifiers, design }).wholeUs.p50;
          return figures`${count(notifiers)} notifiers: ${time(walked)} with ${design}, ${times(walked / listed)} the ${time(listed)} of a list; ${time((walked - listed) / notifiers)} a notifier.`;
        });
      }),
    ],
  }),
};

/** The second pass of a list costs nothing that grows with the notifiers; another walk of the tree does. */
function verdictOf(results: readonly TrialResult[]): Sentence {
  const wholeUs = (notifiers: number, design: string) => measuredAt(results, { notifiers, design }).wholeUs.p50;
  const [few, many] = [NOTIFIERS[0], NOTIFIERS.at(-1)!].map(
    (notifiers) => wholeUs(notifiers, "start-end") / wholeUs(notifiers, "two-pass"),
  );
  const [fewer, most] = NOTIFIERS.slice(-2);
  const growths = ["two-pass", "start-end"].map((design) => wholeUs(most, design) / wholeUs(fewer, design));
  return verdict(
    above(1.2, many),
    figures`the second walk makes an invalidation of ${count(NOTIFIERS[0])} notifiers ${times(few)}, of ${count(most)} notifiers ${times(many)} as long.`,
    conclude(
      below(LINEAR * (most / fewer), ...growths),
      "Both walks are linear in the notifiers that are hit: that it were of another order is not what is seen.",
      `With ${times(most / fewer)} the notifiers one walk takes ${times(growths[0])}, two take ${times(growths[1])} ` +
        "as long: more than linear.",
    ),
  );
}
