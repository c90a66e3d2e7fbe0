import type { TrialResult } from "../../report/comparison.ts";
import type { Experiment } from "../experiment.ts";
import { trialMachine } from "../machine.ts";
import { measuredAt, plotOf, tableOf, TAIL, time, times, userLockOf, WHOLE, type Figure } from "../results.ts";
import { above, all, below, conclude, figures, verdict, type Sentence } from "../sentence.ts";

const PROCESSES = [1, 2, 4, 8] as const;
const [SHARED, OWN] = ["amdgpu-partitions", "amdgpu"] as const;
const PREEMPT_US = 100;

const LOCK_WAITED: Figure = { title: "lock waited p99", unit: "us", of: (measured) => userLockOf(measured)?.waitedUs.p99 ?? 0 };

/** What processes cost each other that have nothing in common but a device with one lock. */
export const deviceLock: Experiment = {
  name: "device-lock",
  question: "What does one lock for all processes of a device cost?",
  claim:
    "Invalidations of all processes of one GPU wait for each other, since the lock is held while fences are waited " +
    "for (RULES 75).",
  setting:
    `Each CPU takes a page away in a process of its own, whose contexts need ${PREEMPT_US} us to stop: on partitions of ` +
    "one device, or on devices of their own.",
  uses: [],
  trials: ({ seed }) =>
    PROCESSES.flatMap((processes) =>
      [OWN, SHARED].map((driver) => ({
        labels: { processes, design: driver },
        config: trialMachine({
          driver,
          gpus: processes,
          cpus: processes,
          scenario: "processes",
          preemptLatencyUs: PREEMPT_US,
          seed,
        }),
        invalidations: 20 * processes,
        seconds: 1,
        isWatched: false,
      })),
    ),
  conclude: (results) => ({
    table: tableOf(
      results,
      [
        { title: "processes", unit: "" },
        { title: "design", unit: "" },
      ],
      [WHOLE, TAIL, LOCK_WAITED],
    ),
    plots: [
      plotOf(results, {
        name: "device-lock",
        title: "The slowest hundredth of invalidations, if so many processes invalidate",
        by: "design",
        x: "processes",
        figure: TAIL,
      }),
    ],
    answer: [
      verdictOf(results),
      ...PROCESSES.slice(1).map((processes) => {
        const [own, shared] = [OWN, SHARED].map((design) => measuredAt(results, { processes, design }).wholeUs);
        return figures`${processes} processes: ${time(shared.p50)} with one lock, p99 ${time(shared.p99)}; ${time(own.p50)} with a lock for each device, p99 ${time(own.p99)}.`;
      }),
    ],
  }),
};

/** The slowest take nearly as many times as long as there are processes, and wait for a lock longer than a preemption takes. */
function verdictOf(results: readonly TrialResult[]): Sentence {
  const most = PROCESSES.at(-1)!;
  const factor = (design: string) =>
    measuredAt(results, { processes: most, design }).wholeUs.p99 / measuredAt(results, { processes: 1, design }).wholeUs.p99;
  const waitedUs = LOCK_WAITED.of(measuredAt(results, { processes: most, design: SHARED }))!;
  const isSerial = above((most / 2) * PREEMPT_US, waitedUs);
  return verdict(
    all(above(most / 2, factor(SHARED)), below(2, factor(OWN))),
    figures`with ${most} processes on one device the slowest hundredth of invalidations takes ${times(factor(SHARED))} as long as with one, on devices of their own ${times(factor(OWN))}: ${conclude(
      isSerial,
      "strangers wait for each other's preemptions, one after the other, and so do their submissions.",
      `of that, they wait ${time(waitedUs)} for the lock (p99).`,
    )}`,
  );
}
