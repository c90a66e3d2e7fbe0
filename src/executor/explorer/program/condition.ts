import { RMW, stepOf, type Run } from "../../../machine/step.ts";
import { AWAIT } from "../engine/await.ts";
import type { Mutex } from "./mutex.ts";
import type { Thread } from "./thread.ts";

/** Threads that may wait on a condition: bits of half a word. */
const CONDITION_THREADS = 15;

/**
 * A condition variable: a signal wakes the waiter with the lowest number, and nobody if nobody waits. Bits 0 to 14 of its word
 * are the waiters, bits 15 to 29 those who were signalled.
 */
export class Condition {
  readonly #words: Int32Array;
  readonly #addr: number;

  constructor(words: Int32Array, addr: number) {
    this.#words = words;
    this.#addr = addr;
  }

  /** Give the lock up, sleep until signalled, take it again. */
  *wait(thread: Thread, mutex: Mutex): Run<void> {
    const waiter = 1 << thread.number;
    if (thread.number >= CONDITION_THREADS)
      throw new RangeError(`only the first ${CONDITION_THREADS} threads can wait on a condition`);
    yield stepOf(RMW, this.#addr);
    Atomics.or(this.#words, this.#addr, waiter);
    yield* mutex.unlock(thread);
    const signalled = waiter << CONDITION_THREADS;
    thread.task.expected = signalled;
    thread.task.mask = signalled;
    yield stepOf(AWAIT, this.#addr);
    Atomics.and(this.#words, this.#addr, ~signalled);
    yield* mutex.lock(thread);
  }

  *signal(_thread: Thread): Run<void> {
    yield stepOf(RMW, this.#addr);
    const waiters = Atomics.load(this.#words, this.#addr) & ((1 << CONDITION_THREADS) - 1);
    this.#wake(waiters & -waiters);
  }

  *broadcast(_thread: Thread): Run<void> {
    yield stepOf(RMW, this.#addr);
    this.#wake(Atomics.load(this.#words, this.#addr) & ((1 << CONDITION_THREADS) - 1));
  }

  #wake(waiters: number): void {
    Atomics.xor(this.#words, this.#addr, waiters | (waiters << CONDITION_THREADS));
    Atomics.notify(this.#words, this.#addr);
  }
}
