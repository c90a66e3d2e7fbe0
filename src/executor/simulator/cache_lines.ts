/** 64 bytes. */
const LINE_WORDS_LOG2 = 4;
const SHARED = -1;
const NOBODY = -2;

/** Who has which cache line: what makes an access cheap or dear, and what makes processors wait for each other. */
export class CacheLines {
  /** Processor that may write the line without asking; SHARED: several may read it; NOBODY: it was never touched. */
  readonly #owner: Int32Array;
  /** When its last transfer is over. */
  readonly #freeNs: Float64Array;
  readonly #transferNs: number;

  /** @param words size of the memory */
  constructor(words: number, transferNs: number) {
    const lines = (words >>> LINE_WORDS_LOG2) + 1;
    this.#owner = new Int32Array(lines).fill(NOBODY);
    this.#freeNs = new Float64Array(lines);
    this.#transferNs = transferNs;
  }

  /** `processor` reads or writes word `addr` at `nowNs`: how long it waits for the line. In nanoseconds. */
  access(processor: number, addr: number, isWrite: boolean, nowNs: number): number {
    const line = addr >>> LINE_WORDS_LOG2;
    const owner = this.#owner[line];
    if (owner === processor || (owner === SHARED && !isWrite)) return 0;
    this.#owner[line] = isWrite || owner === NOBODY ? processor : SHARED;
    if (owner === NOBODY) return 0;
    const overNs = Math.max(nowNs, this.#freeNs[line]) + this.#transferNs;
    this.#freeNs[line] = overNs;
    return overNs - nowNs;
  }
}
