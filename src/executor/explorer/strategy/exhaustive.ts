import type { SizeEstimate } from "../measure/size_estimate.ts";
import type { Strategy } from "../engine/strategy.ts";

/** A strategy that goes from execution to execution until nothing is left, and knows how far it has got. */
export interface Exhaustive extends Strategy {
  /** False once an execution was so long that it had to be cut: then the end of the exploration is no proof. */
  readonly isComplete: boolean;
  /** Executions so far, those before a resumption included. */
  readonly executions: number;
  /** How many executions it will be, judged by those so far; null if that cannot be told, since larger bounds will follow. */
  estimate(): SizeEstimate | null;
  /** What is left to explore, as JSON; between executions only. */
  checkpoint(): string;
  /**
   * Go on where another one stopped.
   *
   * @throws Error if the text is not a checkpoint of such a strategy
   */
  resume(text: string): void;
}
