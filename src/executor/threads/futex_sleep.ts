import { TIMED_OUT, WOKEN } from "../../machine/step.ts";
import { recordSleep, recordState, TASK_RUNNING, TASK_SLEEPING, TASK_WAITING } from "./blocked_table.ts";
import type { HostThread } from "./host_thread.ts";
import { alarmUs, TIMER_SLACK_US } from "./pacing.ts";
import { FutexBucket } from "./state.ts";

/** Not yet over: see {@link FutexSleep.slice}. */
export const ASLEEP = -1;

/**
 * FUTEX_WAIT of a CPU task, which has its thread to itself and sleeps on the word. The sleep is cut into slices so that
 * the thread can look up, yet it is a real futex: at the end of a slice only a wake-up ends the sleep, never the
 * word's value. A waker that was forgotten in the protocol leaves the task asleep here as it would in the kernel.
 */
export class FutexSleep {
  readonly #thread: HostThread;
  readonly #taskId: number;
  #addr = 0;
  #value = 0;
  #deadlineUs = Infinity;
  #wakeups = 0;
  /** The word no longer holds what we fell asleep at, but nobody has woken us yet. */
  #isStale = false;

  constructor(thread: HostThread, taskId: number) {
    this.#thread = thread;
    this.#taskId = taskId;
  }

  /** Begin to wait while the word holds `expected`. WOKEN, TIMED_OUT, or ASLEEP: go on with {@link slice}, then {@link end}. */
  begin(addr: number, expected: number, deadlineUs: number): number {
    const thread = this.#thread;
    // the count of wake-ups first: one that comes after the look at the word is then seen to have come
    this.#wakeups = this.#readWakeups(addr);
    if (Atomics.load(thread.words, addr) !== expected) return WOKEN;
    if (thread.spin(addr, expected, deadlineUs)) return WOKEN;
    this.#fallAsleep(TASK_WAITING, addr, expected, deadlineUs);
    return ASLEEP;
  }

  /** Begin to sleep until `deadlineUs`: as {@link begin}, on a word that nobody changes. */
  beginNap(deadlineUs: number): number {
    const thread = this.#thread;
    if (thread.nowUs() >= deadlineUs) return TIMED_OUT;
    const addr = thread.napWord(this.#taskId);
    this.#wakeups = this.#readWakeups(addr);
    this.#fallAsleep(TASK_SLEEPING, addr, 0, deadlineUs);
    return ASLEEP;
  }

  /** Sleep on for at most `sliceMs`: WOKEN, TIMED_OUT, or still ASLEEP. Throws AbortError. */
  slice(sliceMs: number): number {
    const thread = this.#thread;
    const leftUs = this.#deadlineUs - thread.nowUs();
    if (leftUs <= 0) return TIMED_OUT;
    const free = thread.isCoreFree();
    const timeoutMs = Math.min(sliceMs, alarmUs(leftUs, free) / 1000);
    if (this.#isStale) thread.parkForWakeup(this.#addr, this.#wakeups, timeoutMs);
    else if (leftUs > TIMER_SLACK_US || !free) thread.park(this.#addr, this.#value, timeoutMs);
    else if (thread.spinUntil(this.#addr, this.#value, this.#deadlineUs)) return WOKEN;
    thread.throwIfAborted();
    if (this.#readWakeups(this.#addr) !== this.#wakeups) return WOKEN;
    this.#isStale = Atomics.load(thread.words, this.#addr) !== this.#value;
    return ASLEEP;
  }

  /** The wait is over. */
  end(): void {
    recordState(this.#thread.words, this.#thread.state, this.#taskId, TASK_RUNNING);
  }

  #fallAsleep(taskState: number, addr: number, expected: number, deadlineUs: number): void {
    const { words, state, nowUs } = this.#thread;
    this.#addr = addr;
    this.#value = expected;
    this.#isStale = false;
    this.#deadlineUs = deadlineUs;
    recordSleep(words, state, this.#taskId, taskState, addr, expected, nowUs());
    this.#thread.throwIfAborted(); // after the record: an abort from here on finds it
  }

  #readWakeups(addr: number): number {
    const { words, state } = this.#thread;
    return Atomics.load(words, state.bucketOf(addr) + FutexBucket.wakeups);
  }
}
