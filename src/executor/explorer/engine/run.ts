import type { Engine } from "./engine.ts";
import type { Failure } from "./failure.ts";
import { ToolError } from "../../../machine/tool_error.ts";
import { Rounds, roundsOf } from "./livelock.ts";
import type { Recording } from "./recording.ts";
import type { Rng } from "./rng.ts";
import { GIVE_UP, type Strategy } from "./strategy.ts";
import type { Ending, Subject } from "./subject.ts";

/** When to lose patience with one execution. */
export interface Patience {
  /** Steps under the strategy. */
  readonly maxSteps: number;
  /** Further steps under a fair schedule: whoever has not ended then never will. */
  readonly fairSteps: number;
}

export const DEFAULT_PATIENCE: Patience = { maxSteps: 20_000, fairSteps: 20_000 };

/** What one execution came to. */
export interface Execution {
  readonly ending: Ending;
  readonly failure: Failure | null;
  /** The failure only showed when all had ended, or nobody could go on. */
  readonly isAtEnd: boolean;
}

/**
 * Run the subject once from its start to its end, who takes each step chosen by the strategy, whose `begin` has been called.
 *
 * @param fair draws the steps of the fair suffix
 */
export function runOnce(
  engine: Engine,
  subject: Subject,
  strategy: Strategy,
  recording: Recording,
  fair: Rng,
  patience: Patience = DEFAULT_PATIENCE,
): Execution {
  let isOver = false; // finish() may carry the execution on, to find out why it got stuck: by chance nothing happens there
  engine.reset((percent, thread) => !isOver && strategy.choose(percent, thread));
  recording.clear();
  let ending: Ending;
  let thrown: Failure | null = null;
  try {
    subject.start(engine);
    ending = walk(engine, subject, strategy, recording, patience.maxSteps);
    if (ending === "cut") ending = walkFairly(engine, subject, recording, fair, patience.fairSteps);
  } catch (error) {
    if (!engine.isInTask && !(error instanceof AssertionFailed)) throw error; // a strategy's or a sanitizer's
    ending = "failed";
    thrown = failureOf(error, engine);
    if (engine.steps > recording.length) recording.add(engine); // the step that threw
  }
  const underWay = thrown ?? subject.failure();
  strategy.end(engine, underWay === null ? ending : "failed");
  isOver = true;
  if (ending === "given-up") return { ending, failure: null, isAtEnd: false };
  const failure = underWay ?? withRounds(finish(engine, subject, ending), engine, subject, recording);
  if (failure !== null && ending === "done") ending = "failed";
  if (failure === null && ending === "deadlock") ending = "done"; // whoever sleeps there has nothing to do
  return { ending, failure, isAtEnd: underWay === null };
}

function walk(engine: Engine, subject: Subject, strategy: Strategy, recording: Recording, maxSteps: number): Ending {
  while (engine.alive > 0) {
    if (engine.enabled.length === 0) {
      if (!engine.passTime()) return "deadlock";
      recording.addTimePass();
      strategy.timePassed(engine);
      continue;
    }
    if (engine.steps >= maxSteps) return "cut";
    const thread = strategy.pick(engine);
    if (thread === GIVE_UP) return "given-up";
    engine.step(thread);
    recording.add(engine);
    strategy.stepped(engine);
    subject.stepped?.(engine);
    if (subject.failure() !== null) return "failed";
  }
  return "done";
}

/**
 * The same, but every task gets its turn with equal probability: nobody starves. `cut`: whether they get anywhere is not clear.
 */
function walkFairly(engine: Engine, subject: Subject, recording: Recording, fair: Rng, maxSteps: number): Ending {
  const last = engine.steps + maxSteps;
  const rounds = new Rounds();
  while (engine.alive > 0) {
    if (engine.enabled.length === 0) {
      if (!engine.passTime()) return "deadlock";
      recording.addTimePass();
      continue;
    }
    if (engine.steps >= last) return rounds.isClosed ? "livelock" : "cut";
    engine.step(engine.enabled[fair.below(engine.enabled.length)]);
    recording.add(engine);
    rounds.note(engine);
    subject.stepped?.(engine);
    if (subject.failure() !== null) return "failed";
  }
  return "done";
}

/** A failure to get anywhere, with what those do who still run. */
function withRounds(failure: Failure | null, engine: Engine, subject: Subject, recording: Recording): Failure | null {
  if (failure?.kind !== "livelock" && failure?.kind !== "partial-deadlock") return failure;
  return { ...failure, details: [...failure.details, ...roundsOf(engine, recording, (addr) => subject.nameOf(addr))] };
}

function finish(engine: Engine, subject: Subject, ending: Ending): Failure | null {
  try {
    return subject.finish(engine, ending);
  } catch (error) {
    return failureOf(error, engine);
  }
}

/** What the code of a task, or a check at the end, threw. @throws the error itself if it is the tool's own */
function failureOf(error: unknown, engine: Engine): Failure {
  if (error instanceof AssertionFailed) {
    return {
      kind: "assertion",
      rule: "assertion",
      message: error.message,
      task: engine.lastThread?.task.name ?? "",
      details: [],
    };
  }
  if (!(error instanceof Error) || error instanceof ToolError) throw error;
  return {
    kind: "exception",
    rule: error.name,
    message: error.message,
    task: engine.lastThread?.task.name ?? "",
    details: (error.stack ?? "").split("\n").slice(1),
  };
}

/** What an assertion of a small program throws. */
export class AssertionFailed extends Error {
  override readonly name = "AssertionFailed";
}
