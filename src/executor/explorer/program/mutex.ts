import { RELEASE, RMW, stepOf, type Run } from "../../../machine/step.ts";
import { AWAIT } from "../engine/await.ts";
import type { Thread } from "./thread.ts";

/** A lock that is free (0) or held (1). */
export class Mutex {
  readonly #words: Int32Array;
  readonly #addr: number;
  readonly #owner: number;

  /** @param owner see ownerWord */
  constructor(words: Int32Array, addr: number, owner: number) {
    this.#words = words;
    this.#addr = addr;
    this.#owner = owner;
  }

  *lock(thread: Thread): Run<void> {
    do {
      thread.task.expected = 0;
      thread.task.mask = -1;
      yield stepOf(AWAIT, this.#addr);
    } while (!this.#take(thread));
  }

  /** True if the lock was free and is now ours. */
  *tryLock(thread: Thread): Run<boolean> {
    yield stepOf(RMW, this.#addr);
    return this.#take(thread);
  }

  *unlock(_thread: Thread): Run<void> {
    yield stepOf(RELEASE, this.#addr);
    this.#words[this.#owner] = 0;
    Atomics.store(this.#words, this.#addr, 0);
    Atomics.notify(this.#words, this.#addr);
  }

  #take({ task }: Thread): boolean {
    if (Atomics.compareExchange(this.#words, this.#addr, 0, 1) !== 0) return false;
    this.#words[this.#owner] = task.id;
    return true;
  }
}
