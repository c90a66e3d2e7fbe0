import { addrOf } from "../../../machine/step.ts";
import { hasAddress } from "../engine/dependence.ts";
import { WROTE, type Recording } from "../engine/recording.ts";

/**
 * Numbers kept for each word: the execution that they belong to (so that nothing is cleared between executions), the hash of its
 * last write, the sum of the hashes of the reads since. For each thread: execution, hash of its last step.
 */
const WORD_STRIDE = 5;
const THREAD_STRIDE = 3;
const LAST = 1;
const READS = 3;

/**
 * Tells Mazurkiewicz traces apart: two executions have the same hash if they differ only in the order of independent steps (see
 * areDependent), and practically never otherwise (53 bits: among ten million traces, two collide with a probability of 0.6 %).
 *
 * Each step's hash is made of its own letter (kind, word, whether it wrote, the answer of chance) and of the hashes of the steps
 * that it directly comes after: the thread's last one, the word's last write, for a write also the reads since then, what
 * released the thread, and everything before virtual time last passed. The trace's hash is the sum of those of its steps: sums do
 * not know an order. All hashes have two lanes of 32 bits.
 */
export class TraceHash {
  readonly #words: Int32Array;
  #threads = new Int32Array(64 * THREAD_STRIDE);
  #execution = 0;

  /** @param words size of the memory */
  constructor(words: number) {
    this.#words = new Int32Array(words * WORD_STRIDE);
  }

  /** The hash of a recorded execution: a whole number below 2^53. */
  of(recording: Recording): number {
    const { length, thread, step, flags, releases, timePasses } = recording;
    const words = this.#words;
    this.#execution = (this.#execution + 1) | 0;
    let release = 0;
    let timePass = 0;
    let past0 = 0;
    let past1 = 0;
    let sum0 = 0;
    let sum1 = 0;
    for (let i = 0; i < length; i++) {
      for (; timePasses[timePass] === i; timePass++) {
        past0 = join0(past0 + 1, sum0);
        past1 = join1(past1 + 1, sum1);
      }
      const own = this.#threadOf(thread[i], thread[i] + 1);
      const letter = Math.imul(step[i], 4) + flags[i];
      let hash0 = join0(this.#threads[own + LAST] ^ past0, letter);
      let hash1 = join1(this.#threads[own + LAST + 1] ^ past1, letter);
      if (hasAddress(step[i])) {
        const word = this.#wordOf(addrOf(step[i]));
        hash0 = join0(hash0, words[word + LAST]);
        hash1 = join1(hash1, words[word + LAST + 1]);
        if ((flags[i] & WROTE) === 0) {
          words[word + READS] += hash0;
          words[word + READS + 1] += hash1;
        } else {
          words[word + LAST] = hash0 = join0(hash0, words[word + READS]);
          words[word + LAST + 1] = hash1 = join1(hash1, words[word + READS + 1]);
          words[word + READS] = words[word + READS + 1] = 0;
        }
      }
      this.#threads[own + LAST] = hash0;
      this.#threads[own + LAST + 1] = hash1;
      sum0 = (sum0 + hash0) | 0;
      sum1 = (sum1 + hash1) | 0;
      for (let order = 1; releases[release] === i; release += 2, order++)
        this.#release(releases[release + 1], order, hash0, hash1);
    }
    return (sum1 & 0x1f_ffff) * 0x1_0000_0000 + (sum0 >>> 0);
  }

  /** Where the numbers of word `addr` are. */
  #wordOf(addr: number): number {
    const at = addr * WORD_STRIDE;
    if (this.#words[at] !== this.#execution) {
      this.#words[at] = this.#execution;
      this.#words[at + LAST] = this.#words[at + LAST + 1] = this.#words[at + READS] = this.#words[at + READS + 1] = 0;
    }
    return at;
  }

  /** Where the numbers of a thread are; met for the first time, it gets this hash. */
  #threadOf(index: number, initial: number): number {
    const at = index * THREAD_STRIDE;
    if (at >= this.#threads.length) {
      const larger = new Int32Array(at * 2);
      larger.set(this.#threads);
      this.#threads = larger;
    }
    if (this.#threads[at] !== this.#execution) {
      this.#threads[at] = this.#execution;
      this.#threads[at + LAST] = this.#threads[at + LAST + 1] = initial;
    }
    return at;
  }

  /** Met here for the first time, a thread was spawned: by whom says who it is; its index depends on the order of spawns. */
  #release(index: number, order: number, hash0: number, hash1: number): void {
    const at = this.#threadOf(index, 0);
    this.#threads[at + LAST] = join0(join0(this.#threads[at + LAST], order), hash0);
    this.#threads[at + LAST + 1] = join1(join1(this.#threads[at + LAST + 1], order), hash1);
  }
}

function join0(hash: number, other: number): number {
  let joined = Math.imul(hash ^ Math.imul(other, 0xcc9e_2d51), 0x85eb_ca6b);
  joined = Math.imul(joined ^ (joined >>> 15), 0xc2b2_ae35);
  return joined ^ (joined >>> 16);
}

function join1(hash: number, other: number): number {
  let joined = Math.imul(hash ^ Math.imul(other, 0x1b87_3593), 0x7feb_352d);
  joined = Math.imul(joined ^ (joined >>> 16), 0x846c_a68b);
  return joined ^ (joined >>> 15);
}
