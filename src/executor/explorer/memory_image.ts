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
  /** Of each unit: first word, word past its last, and first word of its twin or 0. */
  readonly #units: { readonly start: number; readonly end: number; readonly twin: number }[] = [{ start: 0, end: 0, twin: 0 }];
  readonly #always: { readonly start: number; readonly end: number; saved: Int32Array }[] = [];
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
    else this.#always.push({ start, end, saved: this.#saved });
  }

  /** `count` units of `size` words from `base` on; with each goes its twin of the same size, if `twins` is the first of such. */
  units(base: number, size: number, count: number, twins = 0): void {
    for (let i = 0; i < count; i++) {
      const start = base + i * size;
      const unit = this.#units.push({ start, end: start + size, twin: twins === 0 ? 0 : twins + i * size }) - 1;
      if (unit >= this.#isDirty.length) throw new RangeError(`a memory image has fewer than ${this.#isDirty.length} units`);
      this.#unitOf.fill(unit, start, start + size);
    }
  }

  /** Memory is now as it is to be at each start. */
  take(): void {
    this.#saved = this.#words.slice();
    for (const range of this.#always) range.saved = this.#saved.subarray(range.start, range.end);
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
    for (const { start, saved } of this.#always) this.#words.set(saved, start);
    for (const unit of this.#dirty) {
      const { start, end, twin } = this.#units[unit];
      this.#copy(start, end);
      if (twin !== 0) this.#copy(twin, twin + end - start);
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

  #copy(start: number, end: number): void {
    const words = this.#words;
    const saved = this.#saved;
    for (let addr = start; addr < end; addr++) words[addr] = saved[addr];
  }

  #forget(): void {
    for (const unit of this.#dirty) this.#isDirty[unit] = 0;
    this.#dirty.length = 0;
  }
}
