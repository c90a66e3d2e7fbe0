import { Condition } from "./condition.ts";
import { Mutex } from "./mutex.ts";
import { SharedWord } from "./shared_word.ts";
import type { Body } from "./thread.ts";
import { DECLARED, ownerWord, WORDS } from "./words.ts";

/** Declares what a program shares and its threads, or returns its main thread. */
export type Build = (p: ProgramBuilder) => Body | void;

/** Declares what a program shares. */
export class ProgramBuilder {
  readonly words: Int32Array;
  /** What memory holds at the start. */
  readonly initial = new Int32Array(WORDS);
  readonly names: string[] = ["NULL"];
  /** Addresses of what `word` declared. */
  readonly data: number[] = [];
  /** By mutex: the word that says who holds it. */
  readonly owners = new Map<number, number>();
  readonly conditions = new Set<number>();
  readonly threads: { readonly name: string; readonly body: Body }[] = [];
  /** Checked when all threads have ended. */
  atEnd: () => void = () => {};

  /** @param words the memory, if it is there already: on another thread */
  constructor(words: Int32Array = new Int32Array(new SharedArrayBuffer(WORDS * 4))) {
    this.words = words;
  }

  /** A shared 32-bit word. */
  word(name: string, initial = 0): SharedWord {
    const addr = this.place(name, initial);
    this.data.push(addr);
    return new SharedWord(this.words, addr);
  }

  /** A thread that is there from the start. */
  thread(name: string, body: Body): void {
    this.threads.push({ name, body });
  }

  /** Called when all threads have ended; may assert. */
  finally(check: () => void): void {
    this.atEnd = check;
  }

  mutex(name: string): Mutex {
    const addr = this.place(name, 0);
    const owner = ownerWord(this.owners.size);
    this.owners.set(addr, owner);
    return new Mutex(this.words, addr, owner);
  }

  condition(name: string): Condition {
    const addr = this.place(name, 0);
    this.conditions.add(addr);
    return new Condition(this.words, addr);
  }

  place(name: string, initial: number): number {
    const addr = this.names.push(name) - 1;
    if (addr >= DECLARED) throw new RangeError(`${name}: a program has at most ${DECLARED} words`);
    this.initial[addr] = initial;
    return addr;
  }
}
