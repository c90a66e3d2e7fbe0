import { Engine } from "./engine.ts";
import { signatureOf, type Failure } from "./failure.ts";
import { Recording, type Schedule } from "./recording.ts";
import { Rng } from "./rng.ts";
import { DEFAULT_PATIENCE, runOnce, type Execution, type Patience } from "./run.ts";
import type { Strategy } from "./strategy.ts";
import type { Subject } from "./subject.ts";

/** What to explore, and how. */
export interface ExplorerOptions {
  readonly subject: Subject;
  readonly strategy: Strategy;
  readonly seed: number;
  readonly patience?: Patience;
  /** Probability of a spurious wake-up at each futex wait, in percent. */
  readonly spuriousPercent?: number;
}

export interface ExploreOptions extends ExplorerOptions {
  /** Number of the first execution, and how many to run at most. */
  readonly from?: number;
  readonly schedules: number;
  /** Asked between executions: true to end here. */
  readonly isOver?: () => boolean;
  /** After each execution; the recording is only lent. */
  readonly onExecution?: (index: number, recording: Recording) => void;
  /** Go on after the first failure, and report each signature once. */
  readonly keepGoing?: boolean;
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
  /** The strategy had nothing left to explore, and had not left anything out. */
  readonly exhaustive: boolean;
}

/** Run execution after execution until a failure, the end of the budget, or the end of what there is. */
export function explore(options: ExploreOptions): Exploration {
  const { from = 0, isOver = () => false, keepGoing = false } = options;
  const explorer = new Explorer(options);
  const found = new Map<string, Found>();
  let schedules = 0;
  let steps = 0;
  let exhaustive = false;
  for (let index = from; index < from + options.schedules && !isOver(); index++) {
    const execution = explorer.run(index);
    if (execution === null) {
      exhaustive = options.strategy.isComplete;
      break;
    }
    schedules++;
    steps += explorer.recording.length;
    options.onExecution?.(index, explorer.recording);
    if (execution.failure === null) continue;
    const signature = signatureOf(execution.failure);
    if (!found.has(signature)) found.set(signature, explorer.found(index, execution.failure));
    if (!keepGoing) break;
  }
  return { found: [...found.values()], schedules, steps, exhaustive };
}

/** Runs executions of one subject one by one, and keeps what the next one can use again. */
export class Explorer {
  /** Of the last execution. */
  readonly recording = new Recording();
  readonly #engine: Engine;
  readonly #options: ExplorerOptions;

  constructor(options: ExplorerOptions) {
    this.#options = options;
    const { subject, spuriousPercent } = options;
    this.#engine = new Engine(subject.words, { image: subject.image, spuriousPercent });
  }

  /** Run execution number `index`; null if the strategy has nothing left. */
  run(index: number): Execution | null {
    const { subject, strategy, seed, patience = DEFAULT_PATIENCE } = this.#options;
    if (!strategy.begin(index)) return null;
    return runOnce(this.#engine, subject, strategy, this.recording, new Rng(seed, index), patience);
  }

  /** The last execution, which failed so. */
  found(index: number, failure: Failure): Found {
    return {
      failure,
      strategy: this.#options.strategy.name,
      index,
      steps: this.recording.length,
      schedule: this.recording.schedule(),
    };
  }
}
