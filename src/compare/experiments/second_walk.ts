import type { TrialResult } from "../../report/comparison.ts";
import { count } from "../../report/numbers.ts";
import type { Experiment } from "../experiment.ts";
import { trialMachine } from "../machine.ts";
import { measuredAt, plotOf, tableOf, time, times, TREE, verdict, WHOLE } from "../results.ts";

const NOTIFIERS = [10, 100, 1000, 10_000, 100_000] as const;
const DESIGNS = ["two-pass", "start-end", "pass-counter"] as const;
const INVALIDATIONS = 3;

/** What it costs to walk the tree of notifiers a second time. */
export const secondWalk: Experiment = {
  name: "second-walk",
  question: "What does the second walk cost at 10 to 100,000 notifiers?",
  claim:
    "A list of what was started needs one walk, O(n log n) against O(n) for the second pass (Hellström); two callbacks are clearer (Popple; RULES d 3, 4).",
  setting:
    "One CPU invalidates a range with so many single-pass notifiers that have nothing to do, and a page of a GPU whose flush takes no time.",
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
          return `${count(notifiers)} notifiers: ${time(walked)} with ${design}, ${times(walked / listed)} the ${time(listed)} of a list; ${time((walked - listed) / notifiers)} a notifier.`;
        });
      }),
    ],
  }),
};

/** The second pass of a list costs nothing that grows with the notifiers; another walk of the tree does. */
function verdictOf(results: readonly TrialResult[]): string {
  const [few, many] = [NOTIFIERS[0], NOTIFIERS.at(-1)!].map(
    (notifiers) =>
      measuredAt(results, { notifiers, design: "start-end" }).wholeUs.p50 /
      measuredAt(results, { notifiers, design: "two-pass" }).wholeUs.p50,
  );
  return verdict(
    many > 1.2,
    `the second walk makes an invalidation of ${count(NOTIFIERS[0])} notifiers ${times(few)}, of ${count(NOTIFIERS.at(-1)!)} notifiers ${times(many)} as long. ` +
      "Both walks are linear in the notifiers that are hit: that it were of another order is not what is seen.",
  );
}
