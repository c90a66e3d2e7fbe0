import { Engine } from "./engine.ts";
import { signatureOf, type Failure } from "./failure.ts";
import { Recording, type Schedule } from "./recording.ts";
import { Rng } from "./rng.ts";
import { DEFAULT_PATIENCE, runOnce, type Patience } from "./run.ts";
import type { Strategy } from "./strategy.ts";
import type { Subject } from "./subject.ts";

/** What to explore, how, and for how long. */
export interface ExploreOptions {
  readonly subject: Subject;
  readonly strategy: Strategy;
  readonly seed: number;
  /** Number of the first execution, and how many to run at most. */
  readonly from?: number;
  readonly schedules: number;
  /** Asked between executions: true to end here. */
  readonly isOver?: () => boolean;
  /** Go on after the first failure, and report each signature once. */
  readonly keepGoing?: boolean;
  readonly patience?: Patience;
  /** Probability of a spurious wake-up at each futex wait, in percent. */
  readonly spuriousPercent?: number;
}

/** A failure and the execution that showed it. */
export interface Found {
  readonly failure: Failure;
  /** Name of the strategy and number of the execution, from 0. */
  readonly strategy: string;
  readonly index: number;
  readonly steps: number;
  readonly schedule: Schedule;
}

/** What an exploration came to. */
export interface Exploration {
  readonly found: readonly Found[];
  /** Executions run. */
  readonly schedules: number;
  /** Steps over all of them. */
  readonly steps: number;
  /** The strategy had nothing left to explore. */
  readonly exhaustive: boolean;
}

/** Run execution after execution until a failure, the end of the budget, or the end of what there is. */
export function explore(options: ExploreOptions): Exploration {
  const { subject, strategy, seed, from = 0, isOver = () => false, keepGoing = false, patience = DEFAULT_PATIENCE } = options;
  const engine = new Engine(subject.words);
  engine.spuriousPercent = options.spuriousPercent ?? 0;
  const recording = new Recording();
  const found = new Map<string, Found>();
  let schedules = 0;
  let steps = 0;
  let exhaustive = false;
  for (let index = from; index < from + options.schedules && !isOver(); index++) {
    if (!strategy.begin(index)) {
      exhaustive = true;
      break;
    }
    const { failure } = runOnce(engine, subject, strategy, recording, new Rng(seed, index), patience);
    schedules++;
    steps += engine.steps;
    if (failure === null) continue;
    const signature = signatureOf(failure);
    if (!found.has(signature)) found.set(signature, { failure, strategy: strategy.name, index, steps: engine.steps, schedule: recording.schedule() });
    if (!keepGoing) break;
  }
  return { found: [...found.values()], schedules, steps, exhaustive };
}
