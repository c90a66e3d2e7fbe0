import type { TrialResult } from "../../report/comparison.ts";
import { count } from "../../report/numbers.ts";
import type { Experiment } from "../experiment.ts";
import { trialMachine } from "../machine.ts";
import { COMMITS, measuredAt, plotOf, tableOf, TAIL, time, times, userLockOf, WHOLE, type Figure } from "../results.ts";
import { above, all, asFound, below, conclude, figures, together, verdict, type Sentence } from "../sentence.ts";

const GPUS = [4, 8, 16, 32] as const;
const DESIGNS = ["two-pass", "single-pass", "multiplexed", "lock-across-passes"] as const;
const CPUS = 8;

const LOCK_HELD: Figure = { title: "user lock held p99", unit: "us", of: (measured) => userLockOf(measured)?.heldUs.p99 ?? null };
const LOCK_WAITS: Figure = { title: "waits, sum", unit: "us", of: (measured) => userLockOf(measured)?.totalWaitedUs ?? 0 };

/** What a user lock costs that several GPUs share, or that is held while devices are waited for. */
export const sharedLock: Experiment = {
  name: "shared-lock",
  question: "When does a shared user lock hurt?",
  claim:
    "Fanning out within a driver needs a user lock for all GPUs, under which faults commit one after the other (cover " +
    "letter, Hellström; RULES d 6, 9).",
  setting: `One of ${CPUS} CPUs takes pages away that all GPUs keep asking for; the others serve their faults.`,
  uses: [],
  trials: (options) =>
    GPUS.flatMap((gpus) =>
      DESIGNS.map((driver) => ({
        labels: { GPUs: gpus, design: driver },
        config: trialMachine({ driver, gpus, cpus: CPUS, scenario: "fault-storm", tlbLatencyUs: 40, seed: options.seed }),
        invalidations: 200,
        seconds: 10,
        isWatched: false,
      })),
    ),
  conclude: (results) => ({
    table: tableOf(
      results,
      [
        { title: "GPUs", unit: "" },
        { title: "design", unit: "" },
      ],
      [COMMITS, WHOLE, TAIL, LOCK_HELD, LOCK_WAITS],
    ),
    plots: [
      plotOf(results, {
        name: "shared-lock",
        title: "Commits of faults while pages are taken away",
        by: "design",
        x: "GPUs",
        figure: COMMITS,
      }),
    ],
    answer: [
      verdictOf(results),
      heldAcross(results),
      ...GPUS.map((gpus) => {
        const own = measuredAt(results, { GPUs: gpus, design: "two-pass" });
        const shared = measuredAt(results, { GPUs: gpus, design: "multiplexed" });
        return together(
          figures`${gpus} GPUs: ${count(Math.round(shared.commitsPerSecond))} commits/s under a shared lock, ${times(shared.commitsPerSecond / own.commitsPerSecond)} the ${count(Math.round(own.commitsPerSecond))}`,
          figures`with a lock for each GPU; the slowest hundredth of invalidations takes ${time(shared.wholeUs.p99)} against ${time(own.wholeUs.p99)}.`,
        );
      }),
    ],
  }),
};

/** A lock that is held until the devices have answered stops the faults of all other ranges meanwhile (RULES d 9). */
function heldAcross(results: readonly TrialResult[]): Sentence {
  const shares = sharesOf(results, "lock-across-passes");
  const [few, many] = [shares[0], shares.at(-1)!];
  const pays = conclude(
    all(below(0.9, few), above(few, many)),
    "to drop it between the passes pays where few GPUs fault",
    `to drop it between the passes makes it ${times(1 / few)} as many with ${GPUS[0]} GPUs, ${times(1 / many)} with ` +
      `${GPUS.at(-1)!}`,
  );
  return figures`With a lock for each GPU that is held across both passes it is ${GPUS.map((gpus, i) => `${times(shares[i])} (${gpus} GPUs)`).join(", ")} as many: ${pays}; ${asFound(4, "and held, it deadlocks as soon as two ranges or notifiers meet")}.`;
}

/** Fewer commits with more GPUs, compared with a lock for each. */
function verdictOf(results: readonly TrialResult[]): Sentence {
  const shares = sharesOf(results, "multiplexed");
  return verdict(
    below(0.9, shares.at(-1)!),
    figures`under a shared lock ${GPUS[0]} GPUs commit ${times(shares[0])}, ${GPUS.at(-1)!} GPUs ${times(shares.at(-1)!)} as much as with a lock for each.`,
  );
}

/** By number of GPUs: commits of a design, as a share of those of two passes. */
function sharesOf(results: readonly TrialResult[], design: string): number[] {
  return GPUS.map(
    (gpus) =>
      measuredAt(results, { GPUs: gpus, design }).commitsPerSecond /
      measuredAt(results, { GPUs: gpus, design: "two-pass" }).commitsPerSecond,
  );
}
