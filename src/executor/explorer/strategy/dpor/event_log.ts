import { addrOf } from "../../../../machine/step.ts";
import { hasAddress } from "../../engine/dependence.ts";
import type { EngineView, ThreadView } from "../../engine/view.ts";
import { NO, NOT_ASKED, YES, type Letter } from "./letter.ts";

/**
 * The steps of the present execution, in flat arrays, with the chains that lead from a step to the former ones on the same word.
 * Those of the prefix that it shares with the former execution are kept.
 */
export class EventLog {
  length = 0;
  thread = new Uint16Array(CAPACITY);
  step = new Int32Array(CAPACITY);
  /** Bits WROTE, ANSWERED, ASKED, FATAL. */
  flags = new Uint8Array(CAPACITY);
  /** Which step of its thread it is: 1, 2, … */
  ordinal = new Int32Array(CAPACITY);
  /** What the word held before. */
  before = new Int32Array(CAPACITY);
  /** Former access to the word, and former write; -1 for none. */
  priorAccess = new Int32Array(CAPACITY);
  priorWrite = new Int32Array(CAPACITY);
  /** AWAIT, FUTEX_WAIT: what the thread waits for. */
  expected = new Int32Array(CAPACITY);
  mask = new Int32Array(CAPACITY);
  /** The last step was picked, but not taken yet. */
  isOpen = false;
  /** For each word, number + 1 of its last access. */
  readonly #last: Int32Array;

  /** @param words size of the memory */
  constructor(words: number) {
    this.#last = new Int32Array(words);
  }

  /** A new execution begins: no step was taken yet. */
  clear(): void {
    for (let i = 0; i < this.length; i++) this.#last[addrOf(this.step[i])] = 0;
    this.length = 0;
  }

  /** A thread is about to take its next step. Returns it. */
  open(id: number, thread: ThreadView, words: ArrayLike<number>): ThreadView {
    const { next, task, steps } = thread;
    const at = this.length++;
    this.isOpen = true;
    if (at === this.thread.length) this.#grow();
    const addr = addrOf(next);
    this.thread[at] = id;
    this.step[at] = next;
    this.flags[at] = 0;
    this.ordinal[at] = steps + 1;
    this.before[at] = words[addr];
    this.expected[at] = task.expected;
    this.mask[at] = task.mask;
    this.priorAccess[at] = hasAddress(next) ? this.lastAccess(addr) : -1;
    this.priorWrite[at] = hasAddress(next) ? this.lastWrite(addr) : -1;
    return thread;
  }

  /** Chance has a part in it. Returns its number. */
  ask(): number {
    this.flags[this.length - 1] |= ASKED;
    return this.length - 1;
  }

  /** It was taken. Returns its number. */
  close(engine: EngineView): number {
    const at = this.length - 1;
    this.isOpen = false;
    this.flags[at] |= (engine.lastWrote ? WROTE : 0) | (engine.lastAnswer === 0 ? 0 : ANSWERED);
    this.#last[addrOf(this.step[at])] = at + 1;
    return at;
  }

  /** Last access to the word so far; -1 for none. */
  lastAccess(addr: number): number {
    return this.#last[addr] - 1;
  }

  lastWrite(addr: number): number {
    const last = this.lastAccess(addr);
    return last < 0 || this.wrote(last) ? last : this.priorWrite[last];
  }

  wrote(at: number): boolean {
    return (this.flags[at] & WROTE) !== 0;
  }

  has(at: number, flag: number): boolean {
    return (this.flags[at] & flag) !== 0;
  }

  /** The step as it was taken. */
  letter(at: number): Letter {
    return {
      thread: this.thread[at],
      step: this.step[at],
      wrote: this.wrote(at),
      fatal: this.has(at, FATAL),
      answer: !this.has(at, ASKED) ? NOT_ASKED : this.has(at, ANSWERED) ? YES : NO,
    };
  }

  /** The execution failed with the last step. */
  fail(): void {
    this.flags[this.length - 1] |= FATAL;
  }

  /** Put a step there that another process took. */
  restore(letter: Letter): void {
    const at = this.length++;
    if (at === this.thread.length) this.#grow();
    this.thread[at] = letter.thread;
    this.step[at] = letter.step;
    this.flags[at] =
      (letter.wrote ? WROTE : 0) |
      (letter.answer === YES ? ANSWERED : 0) |
      (letter.answer === NOT_ASKED ? 0 : ASKED) |
      (letter.fatal ? FATAL : 0);
  }

  #grow(): void {
    const size = this.thread.length * 2;
    this.thread = enlarged(this.thread, new Uint16Array(size));
    this.flags = enlarged(this.flags, new Uint8Array(size));
    this.step = enlarged(this.step, new Int32Array(size));
    this.ordinal = enlarged(this.ordinal, new Int32Array(size));
    this.before = enlarged(this.before, new Int32Array(size));
    this.priorAccess = enlarged(this.priorAccess, new Int32Array(size));
    this.priorWrite = enlarged(this.priorWrite, new Int32Array(size));
    this.expected = enlarged(this.expected, new Int32Array(size));
    this.mask = enlarged(this.mask, new Int32Array(size));
  }
}

const CAPACITY = 256;

export const WROTE = 1;
export const ANSWERED = 2;
export const ASKED = 4;
export const FATAL = 8;

function enlarged<T extends Uint8Array | Uint16Array | Int32Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}
