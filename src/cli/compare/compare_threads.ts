import { ThreadsRun, type RunOutcome } from "../../boot/threads_run.ts";
import { mergeSnapshots } from "../../check/statistics.ts";
import type { TrialRunner } from "../../compare/run.ts";
import type { Trial } from "../../compare/trial.ts";
import type { Measured } from "../../report/comparison.ts";
import { mergeLatencies, percentiles } from "../../report/latency.ts";

/** Enough for the compiler to warm up in every worker. */
const INVALIDATIONS = 3000;
/** A trial with slow devices does fewer. */
const SECONDS = 2;
const HUNG_TASK_SECONDS = 10;

/** What of a result is not measured on threads, for the warnings of a report. */
export const UNKNOWN_ON_THREADS =
  "on threads neither commits, waits of readers, tree walking, waits for locks nor steps are measured: these are 0";

const NOTHING = { p50: 0, p99: 0, max: 0 };

/** Runs trials on real threads, one after the other: each wants the whole computer. All oracles watch. */
export class ThreadsRunner implements TrialRunner {
  readonly jobs = 1;
  #running: ThreadsRun | null = null;

  async measure({ config }: Trial): Promise<Measured> {
    this.#running = new ThreadsRun(config, {
      replay: null,
      seconds: SECONDS,
      invalidations: INVALIDATIONS,
      hungTaskSeconds: HUNG_TASK_SECONDS,
      onProgress: () => undefined,
    });
    const outcome = await this.#running.run();
    if (outcome.died !== null) throw outcome.died;
    if (outcome.interrupted) throw new Error("interrupted");
    return measuredOf(outcome);
  }

  close(): Promise<void> {
    this.#running?.interrupt();
    return Promise.resolve();
  }
}

function measuredOf({ findings, elapsedMs, hang }: RunOutcome): Measured {
  const { counts, latencies } = mergeSnapshots(findings.map(({ snapshot }) => snapshot));
  const whole = mergeLatencies(latencies.invalidate);
  const violations: Record<string, number> = {};
  for (const { violationCounts } of findings) {
    for (const [rule, count] of Object.entries(violationCounts)) violations[rule] = (violations[rule] ?? 0) + count;
  }
  return {
    invalidations: whole.totalCount,
    startPassUs: percentiles(mergeLatencies(latencies.start)),
    finishPassUs: percentiles(mergeLatencies(latencies.finish)),
    wholeUs: percentiles(whole),
    faultsPerSecond: (counts.faults * 1000) / elapsedMs,
    commitsPerSecond: 0,
    faultRetries: counts.faultRetries,
    readerWaits: 0,
    readersWaiting: 0,
    readerWaitUs: NOTHING,
    treeWalkPercent: 0,
    twoPassCalls: counts.finishes + counts.finishFallbacks,
    finishFallbacks: counts.finishFallbacks,
    fallbacksByGpu: [],
    locks: [],
    violations,
    isOver: hang === null,
    virtualUs: elapsedMs * 1000,
    steps: 0,
  };
}
