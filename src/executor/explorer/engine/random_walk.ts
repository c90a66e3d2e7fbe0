import { addrOf, kindOf, STEP_NAMES } from "../../../machine/step.ts";
import { Engine, type Thread } from "./engine.ts";
import { Rng } from "./rng.ts";

/** Thrown when nobody can run, nobody sleeps for a time, and somebody has not finished. */
export class DeadlockError extends Error {
  override readonly name = "DeadlockError";
}

/** Thrown when `maxSteps` did not suffice. */
export class TooManyStepsError extends Error {
  override readonly name = "TooManyStepsError";
}

/**
 * Run an engine's threads to their ends, every step of a thread drawn uniformly from those that can run: one execution, for
 * tests and for machines too large to be explored. Threads in `daemons` need not end: the walk stops when all others have.
 */
export function randomWalk(options: {
  readonly words: Int32Array;
  readonly seed: number;
  readonly maxSteps?: number;
  /** Virtual time that a step takes, in microseconds; 0: time passes only while nobody can run. */
  readonly stepUs?: number;
  /** Spawns the threads; returns those that need not end. */
  readonly spawn: (engine: Engine) => readonly Thread[] | void;
}): Engine {
  const rng = new Rng(options.seed);
  const engine = new Engine(options.words, { choose: (percent) => rng.percent(percent), stepUs: options.stepUs });
  const daemons = options.spawn(engine) ?? [];
  const livingDaemons = () => daemons.filter((thread) => thread.state !== "done").length;
  while (engine.alive > daemons.length || engine.alive > livingDaemons()) {
    if (engine.steps === (options.maxSteps ?? 1_000_000)) throw new TooManyStepsError(describe(engine));
    if (engine.enabled.length > 0) engine.step(rng.pick(engine.enabled));
    else if (!engine.passTime()) throw new DeadlockError(describe(engine));
  }
  return engine;
}

function describe(engine: Engine): string {
  return engine.threads.map((t) => `${t.task.name}: ${t.state} at ${STEP_NAMES[kindOf(t.next)]} ${addrOf(t.next)}`).join("; ");
}
