import type { Body, Mutex, ProgramBuilder, SharedWord, Thread } from "../../executor/explorer/program/program.ts";
import type { Run } from "../../machine/step.ts";

const ITEMS = 4;
const STEALS = 2;
/** Slots at the start; a power of two. */
const SLOTS = 2;

/**
 * A queue of the THE protocol (Frigo, Leiserson and Randall, PLDI 1998): its owner pushes and pops at the tail without a lock, a
 * thief takes from the head under one, and the owner takes the lock, too, where they may meet. The owner fills the last free slot
 * (`spare` 0) although a thief that has advanced the head may not have read it yet.
 *
 * Every access to a word is an event, those under the lock included, for the owner goes without.
 */
class WorkStealingQueue {
  readonly #lock: Mutex;
  readonly #head: SharedWord;
  readonly #tail: SharedWord;
  /** Slots by size. */
  readonly #slots = new Map<number, readonly SharedWord[]>();
  readonly #size: SharedWord;
  readonly #spare: number;

  constructor(p: ProgramBuilder, spare: number) {
    this.#lock = p.mutex("lock");
    this.#head = p.word("head");
    this.#tail = p.word("tail");
    this.#size = p.word("size", SLOTS);
    this.#spare = spare;
    for (let size = SLOTS; size <= 2 * ITEMS; size *= 2) {
      this.#slots.set(
        size,
        Array.from({ length: size }, (_, i) => p.word(`slot${i}of${size}`)),
      );
    }
  }

  *push(t: Thread, item: number): Run<void> {
    const tail = yield* this.#tail.read(t);
    const used = tail - (yield* this.#head.read(t));
    if (used >= (yield* this.#size.read(t)) - this.#spare) return yield* this.#pushLocked(t, item);
    yield* (yield* this.#slot(t, tail)).write(t, item);
    yield* this.#tail.write(t, tail + 1);
  }

  /** Returns 0 if there is none. */
  *pop(t: Thread): Run<number> {
    const tail = (yield* this.#tail.read(t)) - 1;
    yield* this.#tail.write(t, tail);
    if ((yield* this.#head.read(t)) <= tail) return yield* (yield* this.#slot(t, tail)).read(t);
    yield* this.#tail.write(t, tail + 1);
    return yield* this.#popLocked(t);
  }

  /** Returns 0 if there is none. */
  *steal(t: Thread): Run<number> {
    yield* this.#lock.lock(t);
    const head = yield* this.#head.read(t);
    yield* this.#head.write(t, head + 1);
    let item = 0;
    if (head < (yield* this.#tail.read(t))) item = yield* (yield* this.#slot(t, head)).read(t);
    else yield* this.#head.write(t, head);
    yield* this.#lock.unlock(t);
    return item;
  }

  *#slot(t: Thread, at: number): Run<SharedWord> {
    const size = yield* this.#size.read(t);
    return this.#slots.get(size)![at & (size - 1)];
  }

  *#pushLocked(t: Thread, item: number): Run<void> {
    yield* this.#lock.lock(t);
    const head = yield* this.#head.read(t);
    const count = (yield* this.#tail.read(t)) - head;
    const isFull = count >= (yield* this.#size.read(t)) - 1;
    if (isFull) yield* this.#grow(t, head, count);
    const tail = isFull ? count : head + count;
    yield* (yield* this.#slot(t, tail)).write(t, item);
    yield* this.#tail.write(t, tail + 1);
    yield* this.#lock.unlock(t);
  }

  *#popLocked(t: Thread): Run<number> {
    yield* this.#lock.lock(t);
    const tail = (yield* this.#tail.read(t)) - 1;
    let item = 0;
    if ((yield* this.#head.read(t)) <= tail) {
      yield* this.#tail.write(t, tail);
      item = yield* (yield* this.#slot(t, tail)).read(t);
    } else {
      yield* this.#head.write(t, 0);
      yield* this.#tail.write(t, 0);
    }
    yield* this.#lock.unlock(t);
    return item;
  }

  /** Twice the slots, what is there moved to the front. */
  *#grow(t: Thread, head: number, count: number): Run<void> {
    const items: number[] = [];
    for (let i = 0; i < count; i++) items.push(yield* (yield* this.#slot(t, head + i)).read(t));
    yield* this.#size.write(t, 2 * (yield* this.#size.read(t)));
    for (let i = 0; i < count; i++) yield* (yield* this.#slot(t, i)).write(t, items[i]);
    yield* this.#head.write(t, 0);
    yield* this.#tail.write(t, count);
  }
}

/** Main owns the queue, one thread steals; each item must have been worked on once. */
export function workStealingQueue(spare: number): (p: ProgramBuilder) => Body {
  return (p) => {
    const queue = new WorkStealingQueue(p, spare);
    const items = Array.from({ length: ITEMS }, (_, i) => p.word(`item${i + 1}`));
    function* work(t: Thread, item: number): Run<void> {
      if (item > 0) yield* items[item - 1].write(t, (yield* items[item - 1].read(t)) + 1);
    }
    return function* main(t) {
      const thief = yield* t.spawn("thief", function* (self) {
        for (let i = 0; i < STEALS; i++) yield* work(self, yield* queue.steal(self));
      });
      for (let item = 1; item <= ITEMS; item += 2) {
        yield* queue.push(t, item);
        yield* queue.push(t, item + 1);
        yield* work(t, yield* queue.pop(t));
      }
      for (let i = 0; i < ITEMS / 2; i++) yield* work(t, yield* queue.pop(t));
      yield* t.join(thief);
      for (const item of items) t.assert(item.value === 1, "an item was worked on twice, or not at all");
    };
  };
}
