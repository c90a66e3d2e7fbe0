/** How many distinct traces there were, and how many of them were met just once or twice. */
export interface TraceCounts {
  readonly unique: number;
  readonly singletons: number;
  readonly doubletons: number;
  /** False: the numbers are estimates, since there were too many traces to keep. */
  readonly isExact: boolean;
}

/** What is written into a checkpoint. */
export interface TraceCounterState {
  readonly added: number;
  readonly scale: number;
  /** Of each trace that is kept: its hash, and how often it was met. */
  readonly counts: readonly (readonly [hash: number, count: number])[];
}

/** Traces kept; as a sample, it gives their number to about 0.2 %. */
const KEEP = 2 ** 18;

/**
 * Counts distinct traces by their hashes, in bounded memory. Up to `keep` of them are all kept; beyond, only those whose hash
 * ends in one zero bit (then two, three, …): a uniform sample of the distinct traces in which each one's count is right, so that
 * all three numbers scale. What is kept depends on the set of hashes alone, not on their order.
 */
export class TraceCounter {
  readonly #keep: number;
  readonly #counts = new Map<number, number>();
  /** Executions, of which there cannot be fewer than traces, however these are estimated. */
  #added = 0;
  /** Each kept trace stands for so many: a power of two. */
  #scale = 1;

  constructor(keep: number = KEEP) {
    this.#keep = keep;
  }

  /** @param hash of a trace: a whole number, evenly spread in its low 32 bits */
  add(hash: number): void {
    this.#added++;
    if (!this.#isKept(hash)) return;
    this.#counts.set(hash, (this.#counts.get(hash) ?? 0) + 1);
    while (this.#counts.size > this.#keep) this.#thin();
  }

  counts(): TraceCounts {
    let singletons = 0;
    let doubletons = 0;
    for (const count of this.#counts.values()) {
      if (count === 1) singletons++;
      else if (count === 2) doubletons++;
    }
    const scale = this.#scale;
    return {
      unique: Math.min(this.#counts.size * scale, this.#added),
      singletons: Math.min(singletons * scale, this.#added),
      doubletons: doubletons * scale,
      isExact: scale === 1,
    };
  }

  toJSON(): TraceCounterState {
    return { added: this.#added, scale: this.#scale, counts: [...this.#counts] };
  }

  restore({ added, scale, counts }: TraceCounterState): void {
    this.#added = added;
    this.#scale = scale;
    this.#counts.clear();
    for (const [hash, count] of counts) this.#counts.set(hash, count);
  }

  #isKept(hash: number): boolean {
    return (hash & (this.#scale - 1)) === 0;
  }

  #thin(): void {
    this.#scale *= 2;
    for (const hash of this.#counts.keys()) {
      if (!this.#isKept(hash)) this.#counts.delete(hash);
    }
  }
}
