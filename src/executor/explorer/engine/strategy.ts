import type { Engine, Thread } from "./engine.ts";
import type { Ending } from "./subject.ts";

/**
 * Who runs next. One file each in strategy/.
 *
 * A sampling strategy is a function of its seed and the number of the execution alone, so that executions can be spread over
 * processes. An exhaustive one goes from execution to execution and says when nothing is left.
 */
export interface Strategy {
  /** As in `--strategy`: `random`, `pct`, `dpor`. */
  readonly name: string;
  /**
   * Before execution number `index` (0, 1, …).
   *
   * @returns false if nothing is left to explore
   */
  begin(index: number): boolean;
  /** False: some execution had to be cut, so that the end of the exploration is no proof. */
  readonly isComplete?: boolean;
  /** Who takes the next step: one of `engine.enabled`, which is not empty. */
  pick(engine: Engine): Thread;
  /** Does an event of this probability (0 to 100) happen to this thread now? */
  choose(percent: number, thread: Thread): boolean;
  /** After each step; the engine's `last*` say what it was. */
  stepped?(engine: Engine): void;
  /** Nobody could run, and virtual time went on to the next deadline. */
  timePassed?(engine: Engine): void;
  /** After the execution, before it is judged: `failed` says that it failed while it was under way. */
  end?(engine: Engine, ending: Ending): void;
}
