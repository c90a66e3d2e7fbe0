import type { Ending } from "./subject.ts";
import type { EngineView, ThreadView } from "./view.ts";

/**
 * Who runs next. One file each in strategy/.
 *
 * A sampling strategy is a function of its seed and the number of the execution alone, so that executions can be spread over
 * processes. An exhaustive one goes from execution to execution and says when nothing is left.
 */
export interface Strategy {
  /** As in `--strategy`: `random`, `pct`, `dpor`. */
  readonly name: string;
  /** False: some execution had to be cut, so that the end of the exploration is no proof. */
  readonly isComplete: boolean;
  /**
   * Before execution number `index` (0, 1, …).
   *
   * @returns false if nothing is left to explore
   */
  begin(index: number): boolean;
  /**
   * Who takes the next step: one of `engine.enabled`, which is not empty; GIVE_UP ends the execution, of which no more is to be
   * learned.
   */
  pick(engine: EngineView): ThreadView | typeof GIVE_UP;
  /** Does an event of this probability (0 to 100) happen to this thread now? */
  choose(percent: number, thread: ThreadView): boolean;
  /** After each step; the engine's `last*` say what it was. */
  stepped(engine: EngineView): void;
  /** Nobody could run, and virtual time went on to the next deadline. */
  timePassed(engine: EngineView): void;
  /** After the execution, before it is judged: `failed` says that it failed while it was under way. */
  end(engine: EngineView, ending: Ending): void;
}

/** Said by {@link Strategy.pick} instead of a thread. */
export const GIVE_UP = null;
