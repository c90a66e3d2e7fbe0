import { isBlocked, readRecord } from "./blocked_table.ts";
import { notify } from "./notify.ts";
import { ThreadsControl, type ThreadsState } from "./state.ts";

/** Why all tasks must end. */
export const ABORT_FINISHED = 1;
export const ABORT_INTERRUPTED = 2;
export const ABORT_HUNG = 3;
export const ABORT_WORKER_DIED = 4;

const REASONS = ["not aborted", "finished", "interrupted", "hung", "a worker died"] as const;

/** Comes out of a runner whose machine was stopped; the task's generator is abandoned where it stood. */
export class AbortError extends Error {
  override readonly name = "AbortError";
  /** ABORT_* */
  readonly reason: number;

  constructor(reason: number) {
    super(`run stopped: ${REASONS[reason] ?? reason}`);
    this.reason = reason;
  }
}

/**
 * Stop the machine: every runner ends at its task's next step. Sleepers are woken; one that is just about to fall
 * asleep looks again by itself within a quarter of a second. The first reason stands. Any thread may call this.
 */
export function abort(words: Int32Array, state: ThreadsState, reason: number): void {
  Atomics.compareExchange(words, state.control + ThreadsControl.abort, 0, reason);
  for (const gpu of state.gpus) {
    Atomics.add(words, gpu.doorbell, 1);
    notify(words, state, gpu.doorbell, Infinity);
  }
  for (let id = 0; id <= state.tasks; id++) {
    const record = readRecord(words, state, id);
    if (isBlocked(record)) notify(words, state, record.futex, Infinity);
  }
}

/** ABORT_* or 0. */
export function abortReason(words: Int32Array, state: ThreadsState): number {
  return Atomics.load(words, state.control + ThreadsControl.abort);
}
