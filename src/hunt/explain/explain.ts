import { basename } from "node:path";
import { signatureOf } from "../../executor/explorer/engine/failure.ts";
import { certify } from "../../executor/explorer/explain/certificate.ts";
import { pointOfNoReturn } from "../../executor/explorer/explain/point_of_no_return.ts";
import { switchesOf } from "../../executor/explorer/minimise/blocks.ts";
import { labelSchedule } from "../../executor/explorer/replay/labelled_schedule.ts";
import { Replay } from "../../executor/explorer/replay/replay.ts";
import type { Reproducer } from "../../executor/explorer/replay/reproduce.ts";
import { printToken } from "../../executor/explorer/replay/token.ts";
import type { HuntMachine } from "../machine/hunt_machine.ts";
import { HuntSubject } from "../machine/subject.ts";
import type { ExplainedFinding, Finding, NecessaryOrder, Odds, Story } from "./finding.ts";
import { patternOf, type TaskOrder } from "./pattern.ts";
import { narrate } from "./story.ts";
import { writeTokenConfig } from "./token_config.ts";

/** Replays by which a failure shows that it can be relied on. */
const REPLAYS = 10;
/** Steps that may be spent on probabilities. */
const TO_CONTINUE = 100_000;

/**
 * The last stage: everything that there is to say of a schedule that fails and is small already.
 *
 * @throws Error if it does not fail again: then something in the machine is not determined by the schedule
 */
export function explain(finding: Finding, reproducer: Reproducer): ExplainedFinding {
  const { where, schedule } = finding;
  const failed = reproducer.times(REPLAYS, () => new Replay(schedule));
  const { failure, signature } = reproducer;
  if (failure === null)
    throw new Error(`${signature} failed ${failed} of ${REPLAYS} times when replayed: its schedule does not determine it`);
  const certificate = certify(reproducer, schedule);
  const orders = certificate.orders.map(({ before, after, heldBack }) => ({ before: before + 1, after: after + 1, heldBack }));
  const odds = pointOfNoReturn(reproducer, schedule, where.seed, TO_CONTINUE);
  const token = tokenOf(finding, reproducer);
  const steps = schedule.threads.length;
  const { story, failure: told } = narrate(new HuntSubject(where.machine), {
    replay: new Replay(schedule),
    steps,
    kind: failure.kind,
    needed: new Set([
      ...orders.flatMap(({ before, after }) => [before, after]),
      ...stepsNamedIn(failure.details),
      ...jumpOf(odds),
    ]),
  });
  const explanation = {
    setting: settingOf(where.machine, where.bug),
    minimised: { steps, switches: switchesOf(schedule) },
    reproduced: { failed, times: REPLAYS },
    pattern: patternOf(
      failure.kind,
      orders.map((order) => taskOrder(story, order)),
      odds.probability[0] ?? 0,
    ),
    story,
    orders,
    depth: certificate.depth,
    odds,
    token,
  };
  return { ...finding, failure: told !== null && signatureOf(told) === signature ? told : failure, explanation };
}

function tokenOf({ where, schedule }: Finding, { subject }: Reproducer): string {
  const { machine, strategy, seed, index } = where;
  const decisions = labelSchedule(subject, schedule, machine.faults.spuriousPercent);
  return printToken({ config: writeTokenConfig(where), strategy, seed, index, decisions });
}

function jumpOf({ jumpAt }: Odds): number[] {
  return jumpAt === null ? [] : [jumpAt];
}

/** Sanitizers say `in step 211`. */
function stepsNamedIn(details: readonly string[]): number[] {
  return details.flatMap((detail) => [...detail.matchAll(/\bstep (\d+)\b/g)].map(([, step]) => Number(step)));
}

function taskOrder({ events }: Story, { before, after, heldBack }: NecessaryOrder): TaskOrder {
  const at = (step: number) => ({ step, task: events.find(({ first, last }) => step >= first && step <= last)?.task ?? "" });
  return { before: at(before), after: heldBack === undefined ? at(after) : { step: after, task: heldBack.task } };
}

function settingOf({ driver, play, gpus, cpus }: HuntMachine, bug: string | null): string {
  const planted = bug === null ? "" : ` with bug ${bug}`;
  return (
    `${basename(driver)}${planted} in ${basename(play)}, ${gpus} GPU${gpus === 1 ? "" : "s"}, ${cpus} ` +
    `CPU${cpus === 1 ? "" : "s"}`
  );
}
