import type { Layout } from "../../machine/layout.ts";
import { NULL, struct, u32, Word, type Field, type Ptr, type StructType } from "../../machine/struct.ts";

const TableHead = struct("check_table", {
  /** Rows taken so far. */
  count: u32,
  /** How often somebody was turned away because the table was full. */
  missed: u32,
});

/**
 * What the oracles of all threads know about objects, found by the object's address. A row, once taken, stays with its
 * address for good: objects come from slabs, so that the same addresses come back. Lock-free, and no part of the machine
 * under test: nothing here is a step.
 */
export class SharedTable<S extends string> {
  readonly type: StructType<S>;
  readonly capacity: number;
  readonly #key: Field<S, typeof u32>;
  readonly #head: Ptr<"check_table">;
  readonly #rows: Ptr<S>;
  readonly #index: Ptr<"word">;
  readonly #mask: number;

  /** @param key the field that holds the object's address; @param capacity how many objects, a power of two */
  constructor(layout: Layout, type: StructType<S>, key: Field<S, typeof u32>, name: string, capacity: number) {
    this.type = type;
    this.capacity = capacity;
    this.#key = key;
    this.#mask = capacity * 2 - 1;
    this.#head = layout.place(TableHead, `check.${name}s`);
    this.#rows = layout.place(type, `check.${name}`, capacity);
    this.#index = layout.place(Word, `check.${name}_index`, capacity * 2);
  }

  /** The row of `object`, or NULL. */
  find(words: Int32Array, object: number): Ptr<S> {
    for (let at = this.#hash(object); ; at = (at + 1) & this.#mask) {
      const row = Atomics.load(words, this.#index + at);
      if (row === 0 || words[row + this.#key] === object) return row as Ptr<S>;
    }
  }

  /** The row of `object`, taken if it had none; NULL if the table is full. */
  claim(words: Int32Array, object: number): Ptr<S> {
    const found = this.find(words, object);
    if (found !== NULL) return found;
    const number = Atomics.add(words, this.#head + TableHead.count, 1);
    if (number >= this.capacity) {
      Atomics.sub(words, this.#head + TableHead.count, 1);
      Atomics.add(words, this.#head + TableHead.missed, 1);
      return NULL;
    }
    const mine = this.#row(number);
    Atomics.store(words, mine + this.#key, object);
    for (let at = this.#hash(object); ; at = (at + 1) & this.#mask) {
      const row = Atomics.compareExchange(words, this.#index + at, 0, mine);
      if (row === 0) return mine;
      if (words[row + this.#key] !== object) continue;
      Atomics.store(words, mine + this.#key, 0); // another thread was faster: this row stays empty
      return row as Ptr<S>;
    }
  }

  /** Rows taken so far, to be looked at with {@link row}. */
  count(words: Int32Array): number {
    return Math.min(Atomics.load(words, this.#head + TableHead.count), this.capacity);
  }

  /** How often an object found no place: what was not seen of it, nobody judged. */
  missed(words: Int32Array): number {
    return Atomics.load(words, this.#head + TableHead.missed);
  }

  /** Row `number` in the order of taking, or NULL if it stayed empty. */
  row(words: Int32Array, number: number): Ptr<S> {
    const row = this.#row(number);
    return Atomics.load(words, row + this.#key) === 0 ? NULL : row;
  }

  #row(number: number): Ptr<S> {
    return (this.#rows + number * this.type.words) as Ptr<S>;
  }

  #hash(object: number): number {
    return (Math.imul(object, 0x9e3779b1) >>> 8) & this.#mask;
  }
}
