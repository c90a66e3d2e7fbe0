import type { Percentiles } from "./result.ts";

/**
 * What a comparison of designs came to: plain data, as in `--json`, from which tables, plots and the report are made.
 */
export interface Comparison {
  /** "fail" if a design that should be correct was objected to, or a negative control was not. */
  readonly verdict: "pass" | "fail";
  readonly seed: number;
  /** `simulator` or `threads`. */
  readonly executor: string;
  readonly elapsedMs: number;
  readonly experiments: readonly ExperimentResult[];
  /** Stopped by a signal: what is not there was not measured. */
  readonly interrupted: boolean;
  /** Command line that does the same again. */
  readonly reproduce: string;
  readonly warnings: readonly string[];
}

/** One question, answered by trials. */
export interface ExperimentResult {
  readonly name: string;
  /** What was asked. */
  readonly question: string;
  /** Who claimed what (RULES d). */
  readonly claim: string;
  /** What was done to find out. */
  readonly setting: string;
  readonly table: Table;
  readonly plots: readonly Plot[];
  /** Sentences with the figures in them, and whether the claim is confirmed, refuted or bounded. */
  readonly answer: readonly string[];
  readonly trials: readonly TrialResult[];
}

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

export interface Column {
  readonly title: string;
  /** Of its numbers: `us`, `/s`, `%`; empty for words and plain counts. */
  readonly unit: string;
}

export interface Plot {
  /** Of its file, without extension. */
  readonly name: string;
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
}

export interface Axis {
  readonly label: string;
  readonly isLog: boolean;
}

export interface Series {
  readonly name: string;
  /** In the order of x. */
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** One machine with one design, measured. */
export interface TrialResult {
  /** What sets it apart from the other trials of its experiment: `driver: two-pass`, `gpus: 64`. */
  readonly labels: Readonly<Record<string, string | number>>;
  readonly measured: Measured;
}

/** Times in microseconds with nanoseconds behind the point. */
export interface Measured {
  /** That hit a notifier. */
  readonly invalidations: number;
  readonly startPassUs: Percentiles;
  readonly finishPassUs: Percentiles;
  /** From invalidate_range_start to its return. */
  readonly wholeUs: Percentiles;
  readonly faultsPerSecond: number;
  readonly commitsPerSecond: number;
  readonly faultRetries: number;
  /** Waits in read_begin. */
  readonly readerWaits: number;
  /** Of these, not over when the run was: they count as long as they had lasted. */
  readonly readersWaiting: number;
  readonly readerWaitUs: Percentiles;
  /** Of the time in which CPUs did something, spent on nodes of interval trees. */
  readonly treeWalkPercent: number;
  /** Invocations that wanted a finish object, and those that got none. */
  readonly twoPassCalls: number;
  readonly finishFallbacks: number;
  /** By number of the GPU. */
  readonly fallbacksByGpu: readonly number[];
  readonly locks: readonly LockFigures[];
  /** What the oracles objected to, by rule; empty if they did not watch. */
  readonly violations: Readonly<Record<string, number>>;
  /** Did everything come to its end? */
  readonly isOver: boolean;
  readonly virtualUs: number;
  readonly steps: number;
}

/** A class of locks, as lockdep tells them apart. */
export interface LockFigures {
  readonly name: string;
  readonly held: number;
  readonly heldUs: Percentiles;
  readonly waits: number;
  readonly waitedUs: Percentiles;
  /** Sum of all waits. */
  readonly totalWaitedUs: number;
}
