/**
 * Vector clocks in one flat array, addressed by row: entry `t` of a row is the number of the last step of thread `t` that comes
 * before or is what the row belongs to; 0 for none.
 */
export class Clocks {
  /** Threads that fit. */
  #width = 8;
  #entries = new Int32Array(512 * 8);

  get width(): number {
    return this.#width;
  }

  /** Entry of `thread` in `row`. */
  at(row: number, thread: number): number {
    return this.#entries[row * this.#width + thread];
  }

  set(row: number, thread: number, value: number): void {
    this.#entries[row * this.#width + thread] = value;
  }

  clear(row: number): void {
    this.#entries.fill(0, row * this.#width, (row + 1) * this.#width);
  }

  copy(to: number, from: number): void {
    const width = this.#width;
    const entries = this.#entries;
    for (let i = 0, a = to * width, b = from * width; i < width; i++) entries[a + i] = entries[b + i];
  }

  /** Whatever is before `from` is before `to`. */
  join(to: number, from: number): void {
    const width = this.#width;
    const entries = this.#entries;
    for (let i = 0, a = to * width, b = from * width; i < width; i++)
      if (entries[b + i] > entries[a + i]) entries[a + i] = entries[b + i];
  }

  /** Make room; what the rows hold is kept. */
  reserve(rows: number, threads: number): void {
    const width = this.#width;
    let wider = width;
    while (wider < threads) wider *= 2;
    if (wider === width && rows * width <= this.#entries.length) return;
    const old = this.#entries;
    const size = Math.max(old.length / width, rows * 2);
    this.#entries = new Int32Array(size * wider);
    this.#width = wider;
    for (let row = 0; row * width < old.length; row++)
      this.#entries.set(old.subarray(row * width, (row + 1) * width), row * wider);
  }
}
