import { TaskRecord, type ThreadsState } from "./state.ts";

/**
 * What every task is doing, in shared memory, so that the watchdog can tell who waits for what while all others sleep.
 * A record is written only when a task really goes to sleep: a wait that is over while its thread still spins costs nothing.
 */

/** No run under way. */
export const TASK_IDLE = 0;
export const TASK_RUNNING = 1;
/** Asleep on a futex. */
export const TASK_WAITING = 2;
/** Asleep for a time. */
export const TASK_SLEEPING = 3;

export interface TaskState {
  readonly id: number;
  /** TASK_* */
  readonly state: number;
  /** Address that it sleeps on. */
  readonly futex: number;
  /** Value at which it sleeps there. */
  readonly expected: number;
  /** Since when, in milliseconds since boot. */
  readonly sinceMs: number;
}

export function recordState(words: Int32Array, state: ThreadsState, taskId: number, taskState: number): void {
  Atomics.store(words, state.recordOf(taskId) + TaskRecord.state, taskState);
}

export function recordSleep(
  words: Int32Array,
  state: ThreadsState,
  taskId: number,
  taskState: number,
  futex: number,
  expected: number,
  nowUs: number,
): void {
  const record = state.recordOf(taskId);
  words[record + TaskRecord.futex] = futex;
  words[record + TaskRecord.expected] = expected;
  words[record + TaskRecord.sinceMs] = nowUs / 1000;
  Atomics.store(words, record + TaskRecord.state, taskState);
}

/** A look at a record. Its owner may change it meanwhile; one that has slept for long does not. */
export function readRecord(words: Int32Array, state: ThreadsState, taskId: number): TaskState {
  const record = state.recordOf(taskId);
  return {
    id: taskId,
    state: Atomics.load(words, record + TaskRecord.state),
    futex: Atomics.load(words, record + TaskRecord.futex),
    expected: Atomics.load(words, record + TaskRecord.expected),
    sinceMs: Atomics.load(words, record + TaskRecord.sinceMs),
  };
}

export function isBlocked(task: TaskState): boolean {
  return task.state === TASK_WAITING || task.state === TASK_SLEEPING;
}
