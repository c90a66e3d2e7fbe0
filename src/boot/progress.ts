import { driverEvents } from "../driver/tracepoints.ts";
import { deviceEvents } from "../device/tracepoints.ts";
import { kernelEvents } from "../kernel/tracepoints.ts";
import type { Layout } from "../machine/layout.ts";
import { struct, u32, type Ptr } from "../machine/struct.ts";
import type { Tracer } from "../machine/tracepoint.ts";

const ProgressCounts = struct("progress", { invalidations: u32, faults: u32, faultRetries: u32, violations: u32 });

/** Running totals over all threads, for the progress line and for runs of a given length. */
export class Progress {
  readonly #counts: Ptr<"progress">;

  /** @param limit of invalidations, at which `onLimit` is called, on the thread that reached it */
  constructor(layout: Layout, tracer: Tracer, limit: number, onLimit: (words: Int32Array) => void) {
    this.#counts = layout.place(ProgressCounts, "progress");
    const count = (event: number, field: number) => {
      const addr = this.#counts + field;
      tracer.on(event, (task) => void Atomics.add(task.words, addr, 1));
    };
    const invalidations = this.#counts + ProgressCounts.invalidations;
    tracer.on(kernelEvents.invalidateRangeStart, (task) => {
      if (Atomics.add(task.words, invalidations, 1) + 1 >= limit) onLimit(task.words);
    });
    count(deviceEvents.fault, ProgressCounts.faults);
    count(driverEvents.faultRetry, ProgressCounts.faultRetries);
  }

  /** An oracle of some thread has objected. */
  addViolation(words: Int32Array): void {
    Atomics.add(words, this.#counts + ProgressCounts.violations, 1);
  }

  read(words: Int32Array): { invalidations: number; faults: number; faultRetries: number; violations: number } {
    const at = (field: number) => Atomics.load(words, this.#counts + field);
    return {
      invalidations: at(ProgressCounts.invalidations),
      faults: at(ProgressCounts.faults),
      faultRetries: at(ProgressCounts.faultRetries),
      violations: at(ProgressCounts.violations),
    };
  }
}
