import { ToolError } from "../../../machine/tool_error.ts";

/** Threads of one execution at most: a set of them is one 32-bit word. */
export const MAX_THREADS = 32;

/**
 * Who knows of whom: `of(a)[b]` is the epoch of b up to which everything that b did happens before what a does now. An epoch of a
 * thread ends with each of its releases.
 */
export class Clocks {
  readonly #threads: Int32Array[] = [];
  #count = 0;
  /**
   * What the last release of a word, and the read-modify-writes behind it, pass on: `#released[#releaseOf[addr]]`; 0: nothing.
   */
  readonly #releaseOf: Int32Array;
  readonly #released: Int32Array[] = [];
  /** Words that released something in this execution: `#addrs[i]` owns `#released[i]`. */
  readonly #addrs: number[] = [0];

  /** @param words size of the memory */
  constructor(words: number) {
    this.#releaseOf = new Int32Array(words);
  }

  /** An execution begins. */
  clear(): void {
    this.#count = 0;
    for (const addr of this.#addrs) this.#releaseOf[addr] = 0;
    this.#addrs.length = 1;
  }

  /** The clock of a thread; fresh if nothing was heard of it yet. */
  of(thread: number): Int32Array {
    while (this.#count <= thread) this.#addThread();
    return this.#threads[thread];
  }

  /** Everything that `from` has done comes before what `to` does from now on. */
  order(from: number, to: number): void {
    this.#join(this.of(to), this.of(from));
    this.#threads[from][from]++;
  }

  /** The thread learns what was released at this word. */
  acquire(thread: number, addr: number): void {
    const release = this.#releaseOf[addr];
    if (release !== 0) this.#join(this.of(thread), this.#released[release]);
  }

  /** Whoever acquires this word from now on learns what the thread knows, beside what was released there already. */
  release(thread: number, addr: number): void {
    const clock = this.of(thread);
    if (this.#releaseOf[addr] === 0) this.#releaseOf[addr] = this.#newRelease(addr);
    this.#join(this.#released[this.#releaseOf[addr]], clock);
    clock[thread]++;
  }

  /** A write that releases nothing: there is nothing to learn from this word any more. */
  forget(addr: number): void {
    const release = this.#releaseOf[addr];
    if (release !== 0) this.#released[release].fill(0);
  }

  #newRelease(addr: number): number {
    const release = this.#addrs.push(addr) - 1;
    if (this.#released.length > release) this.#released[release].fill(0);
    else this.#released[release] = new Int32Array(MAX_THREADS);
    return release;
  }

  /** Each entry of `into` becomes the greater of the two. */
  #join(into: Int32Array, other: Int32Array): void {
    for (let i = 0; i < this.#count; i++) if (other[i] > into[i]) into[i] = other[i];
  }

  #addThread(): void {
    const thread = this.#count++;
    if (thread === MAX_THREADS) throw new ToolError(`the data-race detector knows at most ${MAX_THREADS} threads`);
    if (this.#threads.length === thread) this.#threads.push(new Int32Array(MAX_THREADS));
    const clock = this.#threads[thread];
    clock.fill(0);
    clock[thread] = 1;
  }
}
