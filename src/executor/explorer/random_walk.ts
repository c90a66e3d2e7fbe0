import { unsafeUniformIntDistribution } from "pure-rand/distribution/UnsafeUniformIntDistribution";
import { xoroshiro128plus } from "pure-rand/generator/XoroShiro";
import { addrOf, kindOf, STEP_NAMES } from "../../machine/step.ts";
import { Engine, type Thread } from "./engine.ts";

/** Steps between two looks at deadlines. */
const DEADLINES_EVERY = 32;

/** Thrown when nobody can run, nobody sleeps for a time, and somebody has not finished. */
export class DeadlockError extends Error {
  override readonly name = "DeadlockError";
}

/** Thrown when `maxSteps` did not suffice. */
export class TooManyStepsError extends Error {
  override readonly name = "TooManyStepsError";
}

/**
 * Run an engine's threads to their ends, every step of a thread drawn uniformly from those that can run.
 * Threads in `daemons` need not end: the walk stops when all others have.
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
  const rng = xoroshiro128plus(options.seed);
  const uniform = (bound: number) => unsafeUniformIntDistribution(0, bound - 1, rng);
  const stepUs = options.stepUs ?? 0;
  const engine = new Engine(options.words, (percent) => uniform(10_000) < percent * 100);
  const daemons = new Set(options.spawn(engine) ?? []);
  const isPending = (thread: Thread) => thread.state !== "done" && !daemons.has(thread);
  for (let steps = 0; engine.threads.some(isPending); steps++) {
    if (steps === (options.maxSteps ?? 1_000_000)) throw new TooManyStepsError(describe(engine));
    engine.nowUs += stepUs;
    if (stepUs > 0 && steps % DEADLINES_EVERY === 0) engine.expireDeadlines();
    const runnable = engine.runnable();
    if (runnable.length > 0) engine.step(runnable[uniform(runnable.length)]);
    else if (!engine.passTime()) throw new DeadlockError(describe(engine));
  }
  return engine;
}

function describe(engine: Engine): string {
  return engine.threads
    .map((t) => `${t.task.name}: ${t.state} at ${STEP_NAMES[kindOf(t.next)]} ${addrOf(t.next)}`)
    .join("; ");
}
