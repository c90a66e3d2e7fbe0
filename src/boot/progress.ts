import { driverEvents } from "../driver/tracepoints.ts";
import { deviceEvents } from "../device/tracepoints.ts";
import { kernelEvents } from "../kernel/tracepoints.ts";
import type { Layout } from "../machine/layout.ts";
import { struct, u32 } from "../machine/struct.ts";
import type { EventId } from "../machine/tracepoint.ts";
import type { Tracer } from "../machine/tracer.ts";

const ProgressCounts = struct("progress", {
  invalidations: u32,
  faults: u32,
  faultRetries: u32,
  flushes: u32,
  firstInvalidationUs: u32,
});

/** Running totals over all threads, for the progress line and for runs of a given length. */
export interface Progress {
  readonly invalidations: number;
  readonly faults: number;
  readonly faultRetries: number;
  /** Flushes that a driver has waited for, answered or given up. */
  readonly flushes: number;
  /** When the first invalidation began, in whole microseconds since boot, modulo 2^32; 0 if there was none. */
  readonly firstInvalidationUs: number;
}

/**
 * Count from now on. At `limit` invalidations `onLimit` is called, on the thread that reached it.
 * @returns a function that reads the totals
 */
export function countProgress(
  layout: Layout,
  tracer: Tracer,
  limit: number,
  onLimit: (words: Int32Array) => void,
): (words: Int32Array) => Progress {
  const counts = layout.place(ProgressCounts, "progress");
  const count = (event: EventId, field: number) => {
    tracer.on("record", event, (task) => void Atomics.add(task.words, counts + field, 1));
  };
  count(deviceEvents.fault, ProgressCounts.faults);
  count(driverEvents.faultRetry, ProgressCounts.faultRetries);
  count(driverEvents.flushWaited, ProgressCounts.flushes);
  tracer.on("record", kernelEvents.invalidateRangeStart, (task) => {
    const before = Atomics.add(task.words, counts + ProgressCounts.invalidations, 1);
    if (before === 0) Atomics.store(task.words, counts + ProgressCounts.firstInvalidationUs, task.nowUs());
    if (before + 1 >= limit) onLimit(task.words);
  });
  return (words) => ({
    invalidations: Atomics.load(words, counts + ProgressCounts.invalidations),
    faults: Atomics.load(words, counts + ProgressCounts.faults),
    faultRetries: Atomics.load(words, counts + ProgressCounts.faultRetries),
    flushes: Atomics.load(words, counts + ProgressCounts.flushes),
    firstInvalidationUs: Atomics.load(words, counts + ProgressCounts.firstInvalidationUs) >>> 0,
  });
}
