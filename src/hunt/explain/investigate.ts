import { certify } from "../../executor/explorer/explain/certificate.ts";
import type { Found } from "../../executor/explorer/engine/explore.ts";
import { signatureOf } from "../../executor/explorer/engine/failure.ts";
import { labelSchedule } from "../../executor/explorer/replay/labelled_schedule.ts";
import { minimise, type Budget } from "../../executor/explorer/minimise/minimise.ts";
import { pointOfNoReturn } from "../../executor/explorer/explain/point_of_no_return.ts";
import type { Schedule } from "../../executor/explorer/engine/recording.ts";
import { Replay } from "../../executor/explorer/replay/replay.ts";
import { Reproducer } from "../../executor/explorer/replay/reproduce.ts";
import { printToken } from "../../executor/explorer/replay/token.ts";
import type { FailureReport } from "../../report/story.ts";
import type { HuntConfig } from "../machine/config.ts";
import { failureReport } from "./failure_report.ts";
import { smallestMachine } from "./smallest_machine.ts";
import { huntSubject } from "../machine/subject.ts";

/** What is to be looked into. Plain data: it goes to a worker, which has the sources with the bug in them. */
export interface InvestigationTask {
  readonly config: HuntConfig;
  readonly bug: string | null;
  readonly found: Found;
  readonly seed: number;
}

/** What came out. */
export interface Investigation {
  readonly report: FailureReport;
}

/** Replays by which a failure shows that it can be relied on. */
export const REPLAYS = 10;
/** What may be spent on a smaller schedule; steps that may be spent on probabilities. */
const TO_MINIMISE: Budget = { executions: 4000, steps: 1_000_000 };
const TO_CONTINUE = 100_000;

/**
 * From a failing execution to everything that there is to say of it: it fails again, on a smaller machine, with a smaller schedule,
 * because of these orders, from this step on.
 *
 * @throws Error if it does not fail again: then something in the machine is not determined by the schedule
 */
export function investigate({ config, bug, found, seed }: InvestigationTask): Investigation {
  const signature = signatureOf(found.failure);
  const small = smallestMachine(config, signature, found.schedule, seed);
  const reproducer = new Reproducer(huntSubject(small.config), signature, config.faults.spuriousPercent);
  const { schedule, switches } = minimise(reproducer, small.schedule, TO_MINIMISE);
  const { strategy, index, steps } = found;
  return { report: explain({ config: small.config, bug, seed, strategy, index, steps }, reproducer, schedule, switches) };
}

/** What a report says of the way to a failure, as it stands in tokens. */
export interface Origin {
  /** Of the machine on which it is reported. */
  readonly config: HuntConfig;
  readonly bug: string | null;
  readonly seed: number;
  /** Who found it, in which execution, and how many steps that had. */
  readonly strategy: string;
  readonly index: number;
  readonly steps: number;
}

/** Everything that there is to say of a schedule that fails and is small already. */
export function explain(origin: Origin, reproducer: Reproducer, schedule: Schedule, switches: number): FailureReport {
  const { config, bug, seed, strategy, index, steps } = origin;
  const failed = reproducer.times(REPLAYS, () => new Replay(schedule));
  const { failure } = reproducer;
  if (failure === null)
    throw new Error(
      `${reproducer.signature} failed ${failed} of ${REPLAYS} times when replayed: its schedule does not determine it`,
    );
  const { orders, depth } = certify(reproducer, schedule);
  const odds = pointOfNoReturn(reproducer, schedule, seed, TO_CONTINUE);
  const decisions = labelSchedule(reproducer.subject, schedule, config.faults.spuriousPercent);
  const token = printToken({ config: { machine: config, bug, steps }, strategy, seed, index, decisions });
  return failureReport(
    {
      config,
      bug,
      failure,
      token,
      odds,
      depth,
      strategy,
      schedule: index,
      steps,
      minimized: { steps: schedule.threads.length, switches },
      reproduced: { failed, times: REPLAYS },
      orders: orders.map(({ before, after, heldBack }) => ({ before: before + 1, after: after + 1, heldBack })),
    },
    new Replay(schedule),
  );
}
