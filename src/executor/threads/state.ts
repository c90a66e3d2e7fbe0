import type { Layout } from "../../machine/layout.ts";
import { array, struct, u32, Word, type Ptr } from "../../machine/struct.ts";

/** What the threads of this executor share among themselves. Nothing of it is visible to protocol code. */
export const ThreadsControl = struct("threads", {
  /** 0, or why all tasks must end: see abort.ts. */
  abort: u32,
  /** Keeps the word that every wait writes away from the one that every step reads. */
  pad: array(Word, 31),
  /** Threads that run a task and are not asleep. */
  awake: u32,
  pad2: array(Word, 31),
});

/**
 * A bucket of the futex table. `wakeups` goes up with every FUTEX_WAKE on an address of this bucket, before anybody is
 * notified: whoever cannot stay asleep on the word itself (a GPU's worker parks on its doorbell, main must look after
 * its event loop) learns from it whether it was woken, and need not guess from the word's value.
 */
export const FutexBucket = struct("futex_bucket", {
  wakeups: u32,
  /** Tasks of GPU workers that wait here on addresses outside of their own GPU. */
  strangers: u32,
  /** Threads that sleep on `wakeups` itself. */
  sleepers: u32,
});

/** What one task is doing, for the watchdog; see blocked_table.ts. */
export const TaskRecord = struct("task_record", {
  state: u32,
  /** Address that it sleeps on. */
  futex: u32,
  /** Value at which it sleeps. */
  expected: u32,
  /** Milliseconds since boot. */
  sinceMs: u32,
  /** CPU tasks sleep for a time on this word; nobody but {@link abort} wakes it. */
  nap: u32,
});

/** One a GPU: how many of its tasks wait on addresses outside of it. */
export const GpuWorker = struct("gpu_worker", { strangers: u32 });

/** The part of shared memory that belongs to one GPU. */
export interface GpuRegion {
  /** First word. */
  readonly base: number;
  /** Word after the last one. */
  readonly end: number;
  /** The word that the GPU's worker parks on. It only ever counts up. */
  readonly doorbell: number;
}

const BUCKETS = 256;

/** Where all of that stands. Every thread builds its own from the same layout; it holds addresses only. */
export class ThreadsState {
  readonly control: Ptr<"threads">;
  readonly gpus: readonly GpuRegion[];
  /** Tasks have ids 1 to `tasks`. */
  readonly tasks: number;
  readonly #buckets: Ptr<"futex_bucket">;
  readonly #records: Ptr<"task_record">;
  readonly #gpuWorkers: Ptr<"gpu_worker">;

  /** @param gpus in ascending order of addresses */
  constructor(layout: Layout, tasks: number, gpus: readonly GpuRegion[]) {
    this.tasks = tasks;
    this.gpus = gpus;
    this.control = layout.place(ThreadsControl, "threads");
    this.#buckets = layout.place(FutexBucket, "futex_bucket", BUCKETS);
    this.#records = layout.place(TaskRecord, "task_record", tasks + 1);
    this.#gpuWorkers = layout.place(GpuWorker, "gpu_worker", gpus.length);
  }

  bucketOf(addr: number): Ptr<"futex_bucket"> {
    const hash = Math.imul(addr, 0x9e3779b1) >>> 24;
    return (this.#buckets + hash * FutexBucket.words) as Ptr<"futex_bucket">;
  }

  recordOf(taskId: number): Ptr<"task_record"> {
    return (this.#records + taskId * TaskRecord.words) as Ptr<"task_record">;
  }

  gpuWorker(gpu: number): Ptr<"gpu_worker"> {
    return (this.#gpuWorkers + gpu * GpuWorker.words) as Ptr<"gpu_worker">;
  }

  /** Number of the GPU that `addr` belongs to, or -1. */
  gpuAt(addr: number): number {
    let low = 0;
    let high = this.gpus.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const region = this.gpus[middle];
      if (addr < region.base) high = middle - 1;
      else if (addr >= region.end) low = middle + 1;
      else return middle;
    }
    return -1;
  }
}
