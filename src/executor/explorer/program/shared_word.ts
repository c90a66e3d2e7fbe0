import { READ, READ_ONCE, RMW, stepOf, WRITE, WRITE_ONCE, type Run } from "../../../machine/step.ts";
import { AWAIT } from "../engine/await.ts";
import type { Thread } from "./thread.ts";

/** A 32-bit word that threads share. Values are signed. */
export class SharedWord {
  readonly #words: Int32Array;
  readonly #addr: number;

  constructor(words: Int32Array, addr: number) {
    this.#words = words;
    this.#addr = addr;
  }

  /** The word, looked at or set without a step: where only one thread can be, or where the model wants no event. */
  get value(): number {
    return this.#words[this.#addr];
  }

  set value(value: number) {
    this.#words[this.#addr] = value;
  }

  /** Marked read. */
  *read(_thread: Thread): Run<number> {
    yield stepOf(READ_ONCE, this.#addr);
    return Atomics.load(this.#words, this.#addr);
  }

  /** Marked write. */
  *write(_thread: Thread, value: number): Run<void> {
    yield stepOf(WRITE_ONCE, this.#addr);
    Atomics.store(this.#words, this.#addr, value);
  }

  /** Plain read: must be ordered by something, else it is a data race. */
  *readPlain(_thread: Thread): Run<number> {
    yield stepOf(READ, this.#addr);
    return this.#words[this.#addr];
  }

  /** Plain write. */
  *writePlain(_thread: Thread, value: number): Run<void> {
    yield stepOf(WRITE, this.#addr);
    this.#words[this.#addr] = value;
  }

  /** Add `delta`; what the word held before. */
  *add(_thread: Thread, delta: number): Run<number> {
    yield stepOf(RMW, this.#addr);
    return Atomics.add(this.#words, this.#addr, delta);
  }

  /** Store `value`; what the word held before. */
  *exchange(_thread: Thread, value: number): Run<number> {
    yield stepOf(RMW, this.#addr);
    return Atomics.exchange(this.#words, this.#addr, value);
  }

  /** Store `value` if the word holds `old`; true if it did. */
  *compareAndSwap(_thread: Thread, old: number, value: number): Run<boolean> {
    yield stepOf(RMW, this.#addr);
    return Atomics.compareExchange(this.#words, this.#addr, old, value) === old;
  }

  /** Wait until the word holds `value`: a step that cannot be taken before. */
  *await(thread: Thread, value: number): Run<void> {
    thread.task.expected = value;
    thread.task.mask = -1;
    yield stepOf(AWAIT, this.#addr);
  }
}
