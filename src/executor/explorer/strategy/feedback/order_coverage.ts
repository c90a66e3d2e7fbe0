import { addrOf, kindOf } from "../../../../machine/step.ts";
import { hasAddress } from "../../engine/dependence.ts";
import type { EngineView } from "../../engine/view.ts";
import { mix } from "../../engine/rng.ts";

/**
 * Numbers kept for each word: the execution that they belong to; of the last write and of the last access: by whom and how, and
 * when.
 */
const STRIDE = 5;
const WRITE = 1;
const ACCESS = 3;

/**
 * Which orders of dependent steps an execution shows: pairs (thread, access) before (thread, access) of the same word, directly
 * one after the other. There are few enough of them to see them all, and a deep bug needs one that is rarely met.
 */
export class OrderCoverage {
  /** Orders met in former executions. */
  readonly known = new Set<number>();
  /** Orders met in this execution for the first time. */
  readonly fresh = new Set<number>();
  /** Numbers of steps, two by two: which could have been the other way round. */
  readonly races: number[] = [];
  readonly #words: Int32Array;
  #execution = 0;

  /** @param words size of the memory */
  constructor(words: number) {
    this.#words = new Int32Array(words * STRIDE);
  }

  begin(): void {
    this.#execution = (this.#execution + 1) | 0;
    this.fresh.clear();
    this.races.length = 0;
  }

  /** The engine has taken step number `at`. */
  add({ lastStep, lastThread, lastWrote }: EngineView, at: number): void {
    if (!hasAddress(lastStep)) return;
    const words = this.#words;
    const word = addrOf(lastStep) * STRIDE;
    if (words[word] !== this.#execution) {
      words.fill(0, word, word + STRIDE);
      words[word] = this.#execution;
    }
    const access = (lastThread!.index + 1) * 16 + kindOf(lastStep);
    const before = word + (lastWrote ? ACCESS : WRITE);
    if (words[before] !== 0 && words[before] >> 4 !== access >> 4)
      this.#meet(words[before], access, addrOf(lastStep), words[before + 1], at);
    words[word + ACCESS] = access;
    words[word + ACCESS + 1] = at;
    if (!lastWrote) return;
    words[word + WRITE] = access;
    words[word + WRITE + 1] = at;
  }

  #meet(first: number, second: number, addr: number, firstAt: number, secondAt: number): void {
    const order = mix(first ^ mix(second ^ mix(addr)));
    if (!this.known.has(order)) this.fresh.add(order);
    this.races.push(firstAt, secondAt);
  }
}
