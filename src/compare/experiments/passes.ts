import type { TrialResult } from "../../report/comparison.ts";
import type { Experiment } from "../experiment.ts";
import { trialMachine } from "../machine.ts";
import { FINISH, measuredAt, START, tableOf, TAIL, time, times, WHOLE } from "../results.ts";
import { above, all, below, conclude, figures, verdict, type Sentence } from "../sentence.ts";

const GPUS = 16;
const FLUSH_US = 40;
const PREEMPT_US = 100;
/** By name: drivers of the GPUs, in turns. */
const MIXES: readonly (readonly [name: string, drivers: string])[] = [
  ["two stages", "n-pass"],
  ["three stages", "n-pass-3"],
  ["two, then three", "n-pass,n-pass-3"],
  ["three, then two", "n-pass-3,n-pass"],
];

/** What becomes of the overlap when some drivers have two stages and some three. */
export const passes: Experiment = {
  name: "passes",
  question: "When do N passes lose their overlap?",
  claim:
    "With a list gone through in turns, a driver of two stages stops being concurrent while another is in its third " +
    "(Gunthorpe, 18 Aug 2025; RULES d 2).",
  setting:
    `One CPU takes a page away from ${GPUS} idle GPUs; preemption takes ${PREEMPT_US} us, a TLB invalidation ` +
    `${FLUSH_US} us. "In turns" is the RFC's list; in "own" each registration goes on when it can.`,
  uses: [],
  trials: (options) =>
    MIXES.flatMap(([mix, drivers]) =>
      ["in turns", "own"].map((order) => ({
        labels: { mix, order },
        config: trialMachine({
          driver:
            order === "own"
              ? drivers
                  .split(",")
                  .map((driver) => `${driver}-own`)
                  .join(",")
              : drivers,
          gpus: GPUS,
          tlbLatencyUs: FLUSH_US,
          preemptLatencyUs: PREEMPT_US,
          seed: options.seed,
        }),
        invalidations: 60,
        seconds: 10,
        isWatched: false,
      })),
    ),
  conclude: (results) => ({
    table: tableOf(
      results,
      [
        { title: "mix", unit: "" },
        { title: "order", unit: "" },
      ],
      [START, FINISH, WHOLE, TAIL],
    ),
    plots: [],
    answer: [
      verdictOf(results),
      ...MIXES.map(([mix]) => {
        const [inTurns, own] = ["in turns", "own"].map((order) => measuredAt(results, { mix, order }).wholeUs.p50);
        return figures`${mix}: ${time(inTurns)} in turns, ${time(own)} if each goes on by itself: ${times(inTurns / own)}.`;
      }),
    ],
  }),
};

/** A mix in turns takes longer than one in which each goes on by itself; drivers of as many stages do not. */
function verdictOf(results: readonly TrialResult[]): Sentence {
  const [two, three, ...mixed] = MIXES.map(([mix]) => {
    const [inTurns, own] = ["in turns", "own"].map((order) => measuredAt(results, { mix, order }).wholeUs.p50);
    return inTurns / own;
  });
  const losesNothing = below(1.1, two, three);
  const ofAsMany = conclude(
    losesNothing,
    "drivers of as many stages lose nothing",
    `drivers of as many stages take up to ${times(Math.max(two, three))} as long`,
  );
  return verdict(
    all(above(1.1, ...mixed), losesNothing),
    figures`mixes of two and three stages take up to ${times(Math.max(...mixed))} as long in turns as if each goes on by itself; ${ofAsMany}.`,
  );
}
