import type { Found } from "../../executor/explorer/engine/explore.ts";
import type { SizeEstimate } from "../../executor/explorer/measure/size_estimate.ts";
import type { Measure } from "../../executor/explorer/measure/statistics.ts";
import type { Nondeterminism } from "../../executor/explorer/replay/determinism.ts";
import type { StrategySpec } from "../../executor/explorer/strategy/kind.ts";
import type { Discovery } from "../../executor/explorer/strategy/feedback/feedback.ts";
import type { Profile } from "../../executor/explorer/strategy/profile.ts";

/** What is hunted through, and how: plain data from which each worker makes the same. */
export interface Search {
  /** Names the subject: the configuration of a machine. */
  readonly subject: unknown;
  readonly strategy: StrategySpec;
  /** Probability of a spurious wake-up at each futex wait, in percent. */
  readonly spuriousPercent: number;
  /** See HuntOptions. */
  readonly checkDeterminism?: boolean;
}

/** What a worker hunts through. */
export interface Assignment {
  /** Number of the search: a worker keeps what it has made of it from round to round. */
  readonly id: number;
  readonly search: Search;
}

/** Go on where an exhaustive strategy stopped. */
export interface ResumeTask extends Assignment {
  /** See Exhaustive.checkpoint. */
  readonly checkpoint: string;
}

/** A worker's part in the executions from `from` to `to` - 1. */
export interface RoundTask extends Assignment {
  /** Which of those that take part, and how many these are. */
  readonly worker: number;
  readonly jobs: number;
  readonly from: number;
  readonly to: number;
  /** What all workers discovered in the round before. */
  readonly discoveries: readonly Discovery[];
  /** Shared: see NEXT and LIMIT. */
  readonly board: Int32Array;
}

/** Word of the board: first execution that nobody has taken. */
export const NEXT = 0;
/** Word of the board: the last execution that is still of interest; a failure makes those after it idle. */
export const LIMIT = 1;

export interface RoundResult {
  readonly measures: readonly NumberedMeasure[];
  /** At most one: the first that this worker met. */
  readonly found: Found | null;
  /** The first execution of this worker that was not the same when it was repeated; null if there is none. */
  readonly nondeterminism: NumberedNondeterminism | null;
  /** Number of the execution for which nothing was left. */
  readonly endedAt: number | null;
  /** See Strategy.isComplete. */
  readonly isComplete: boolean;
  /** How much there is to explore; null unless the strategy is exhaustive and all its executions are this worker's. */
  readonly estimate: SizeEstimate | null;
  /** PCT's n and k; null if it has no part in this. */
  readonly size: PctSize | null;
  readonly discoveries: readonly Discovery[];
}

export type PctSize = Pick<Profile, "threads" | "choices">;

export interface NumberedMeasure extends Measure {
  readonly index: number;
}

export interface NumberedNondeterminism extends Nondeterminism {
  readonly index: number;
}
