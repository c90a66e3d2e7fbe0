import type { Oracles } from "../check/all.ts";
import type { Snapshot } from "../check/statistics.ts";
import type { Violation } from "../report/result.ts";

/** What one thread has to say at the end of a run. Plain data: it crosses threads. */
export interface Findings {
  /** Those kept in full. */
  readonly violations: readonly Violation[];
  /** All, by rule. */
  readonly violationCounts: Readonly<Record<string, number>>;
  readonly snapshot: Snapshot;
}

export function findingsOf(oracles: Oracles): Findings {
  return { violations: oracles.violations(), violationCounts: oracles.violationCounts(), snapshot: oracles.snapshot() };
}
