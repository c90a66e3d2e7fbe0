import { ToolError } from "../../../machine/tool_error.ts";
/**
 * The memory as it is at the start of each execution, and what of it has been written since: going back restores that alone.
 *
 * Memory is known in units (an object of a slab, a page frame), which somebody has to {@link mark} when they are written; what is
 * small and written all the time is declared `always` instead.
 */
export class MemoryImage {
  readonly #words: Int32Array;
  #saved = new Int32Array(0);
  /** Of each word: its unit, 0 if it belongs to none. */
  readonly #unitOf: Uint16Array;
  /** Where each unit is, and its twin if it has one. */
  readonly #units: Range[][] = [[]];
  readonly #always: Range[] = [];
  readonly #isDirty = new Uint8Array(0x1_0000);
  readonly #dirty: number[] = [];

  constructor(words: Int32Array) {
    this.#words = words;
    this.#unitOf = new Uint16Array(words.length);
  }

  /** Restore [start, end) each time. */
  always(start: number, end: number): void {
    const last = this.#always.at(-1);
    if (last?.end === start) this.#always[this.#always.length - 1] = { ...last, end };
    else this.#always.push(range(start, end));
  }

  /** `count` units of `size` words from `base` on; with each goes its twin of the same size, if `twins` is the first of such. */
  units(base: number, size: number, count: number, twins = 0): void {
    for (let i = 0; i < count; i++) {
      const start = base + i * size;
      const places = [range(start, start + size)];
      if (twins !== 0) places.push(range(twins + i * size, twins + (i + 1) * size));
      const unit = this.#units.push(places) - 1;
      if (unit >= this.#isDirty.length) throw new ToolError(`a memory image has fewer than ${this.#isDirty.length} units`);
      this.#unitOf.fill(unit, start, start + size);
    }
  }

  /** Memory is now as it is to be at each start. */
  take(): void {
    this.#saved = this.#words.slice();
    for (const place of [...this.#always, ...this.#units.flat()]) place.saved = this.#saved.subarray(place.start, place.end);
    this.#forget();
  }

  /** The word, or another of its unit, was written. */
  mark(addr: number): void {
    const unit = this.#unitOf[addr];
    if (this.#isDirty[unit] !== 0) return;
    this.#isDirty[unit] = 1;
    this.#dirty.push(unit);
  }

  /** Back to what {@link take} saw, given that everything written was marked. */
  restore(): void {
    for (const place of this.#always) this.#put(place);
    for (const unit of this.#dirty) {
      for (const place of this.#units[unit]) this.#put(place);
    }
    this.#forget();
  }

  /** The same, whatever was written. */
  restoreAll(): void {
    this.#words.set(this.#saved);
    this.#forget();
  }

  /** First word that is not as {@link take} saw it; -1 if there is none. */
  firstDifference(): number {
    return this.#words.findIndex((word, addr) => word !== this.#saved[addr]);
  }

  #put({ start, end, saved }: Range): void {
    const words = this.#words;
    if (end - start > SMALL) words.set(saved, start);
    else for (let i = 0; i < saved.length; i++) words[start + i] = saved[i];
  }

  #forget(): void {
    for (const unit of this.#dirty) this.#isDirty[unit] = 0;
    this.#dirty.length = 0;
  }
}

/** Words from which on a copy is quicker than a loop. */
const SMALL = 64;

interface Range {
  readonly start: number;
  /** Word past the last. */
  readonly end: number;
  /** What was there when the image was taken. */
  saved: Int32Array;
}

function range(start: number, end: number): Range {
  return { start, end, saved: new Int32Array(0) };
}
