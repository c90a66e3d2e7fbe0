import type { HangReport } from "../executor/threads/hang_report.ts";

/**
 * What a stress run came to: the one object that every report is made of. Plain data, so that it crosses threads and
 * stands in `--json` as it is. Times are in the unit that a name ends in, sizes in bytes.
 */
export interface StressResult {
  /**
   * "fail" if anything was violated, hung, or broke inside; "not checked" if not, but the oracles did not see all. An interrupted
   * run without any of that passes.
   */
  readonly verdict: "pass" | "fail" | "not checked";
  readonly seed: number;
  /** The whole resolved configuration, defaults included. Values may be nested. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly elapsedMs: number;
  /** From the start of the process to the first invalidation; null if there was none. */
  readonly bootMs: number | null;
  /** Violations kept in full; of many there are more in `violationCounts`. */
  readonly violations: readonly Violation[];
  /** All violations seen, by rule. */
  readonly violationCounts: Readonly<Record<string, number>>;
  /**
   * How often the oracles' tables had no place for something, or had forgotten it before it was judged, by what it is: `finish
   * objects`. Nobody knows whether rules were broken there. Empty if the oracles saw all.
   */
  readonly missed: Readonly<Record<string, number>>;
  readonly counts: Counts;
  /** By number of the GPU. */
  readonly gpus: readonly GpuCounts[];
  readonly latencyUs: Latencies;
  /**
   * Sum of the devices' own latencies over the time that invalidations waited for them: near 1 if one device was waited for
   * after the other, near the number of GPUs if they worked side by side. Null if nothing was waited for.
   */
  readonly overlap: number | null;
  /**
   * How many GPUs an invalidation that flushed any had to wait for, on average; 0 if none did. The most that `overlap` can be.
   */
  readonly devicesPerFlush: number;
  readonly peakRssBytes: number;
  /** Who waited for whom when nothing moved any more; null if nothing hung. */
  readonly hang: HangReport | null;
  /** An error of the emulator itself, with its stack; null if there was none. */
  readonly internalError: string | null;
  /** Stopped by a signal before its time. */
  readonly interrupted: boolean;
  /** The replayed log; null if the run drew its own calls. */
  readonly workload: WorkloadSummary | null;
  readonly warnings: readonly string[];
  /** Command line that does the same again, quoted for a shell. */
  readonly reproduce: string;
  /** Name of what was run. */
  readonly scenario: string;
  /** Rules that were watched. */
  readonly rules: readonly string[];
}

export interface Violation {
  /** The broken rule: `stale-access`, `I10`, `RULES 28`. */
  readonly rule: string;
  /** What happened, in the words of the field. */
  readonly message: string;
  /** Name of the task that was seen doing it. */
  readonly task: string;
  /** Since the start of the run. */
  readonly timeUs: number;
  /** The last events before it, oldest first, one formatted line each. */
  readonly recent: readonly string[];
}

export interface Counts {
  readonly invalidations: number;
  /** Start callbacks of two-pass notifiers, and single-pass callbacks. */
  readonly starts: number;
  readonly finishes: number;
  /** Starts that had no finish object to give and did all work themselves. */
  readonly finishFallbacks: number;
  readonly flushes: number;
  readonly faults: number;
  /** Faults begun again because an invalidation came in between. */
  readonly faultRetries: number;
  readonly accesses: number;
  readonly tlbHits: number;
  readonly tlbMisses: number;
  readonly staleAccesses: number;
  readonly syscalls: number;
}

export interface GpuCounts {
  readonly accesses: number;
  readonly tlbHits: number;
  readonly faults: number;
  readonly flushes: number;
}

/** In microseconds; all 0 if nothing was measured. */
export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface Latencies {
  /** The start pass of one range over all its notifiers. */
  readonly start: Percentiles;
  /** The finish pass. */
  readonly finish: Percentiles;
  /** The whole notifier part of `invalidate_range_start`. */
  readonly invalidate: Percentiles;
}

export interface WorkloadSummary {
  readonly name: string;
  /** Calls of the log that were not replayed because nothing is known about them. */
  readonly unknownCalls: Readonly<Record<string, number>>;
}
