import type { Strategy } from "../engine/strategy.ts";
import type { Discovery } from "./feedback/feedback.ts";

/** A strategy that learns from what executions showed, wherever they were run; what it knows stands still during a round. */
export interface Learner extends Strategy {
  /** Begin round number `round` with the knowledge of what was discovered in the former one. */
  learn(discoveries: readonly Discovery[], round: number): void;
  /** What was discovered here in this round so far. */
  harvest(): readonly Discovery[];
}
