import { addrOf, type Step } from "../../../../machine/step.ts";
import type { ThreadView } from "../../engine/view.ts";
import { mix } from "../../engine/rng.ts";

/** One of several threads that run the same code. */
interface Twin {
  readonly id: number;
  readonly thread: ThreadView;
  /** What the thread had seen before its first, second, … step. */
  readonly histories: number[];
  /** Numbers of its steps in the execution. */
  readonly steps: number[];
  seen: number;
}

/**
 * Threads that run the same code and have seen the same are interchangeable: the one spawned first takes each step first, until
 * they see something different. All other executions are these with the names swapped.
 */
export class Symmetry {
  readonly #codeOf: (thread: ThreadView) => unknown;
  #families = new Map<unknown, Twin[]>();
  #twins: Twin[] = [];
  /** What the word held before the step that is being taken. */
  #before = 0;

  /** @param codeOf what a thread runs: equal for threads that are the same but for their names */
  constructor(codeOf: (thread: ThreadView) => unknown) {
    this.#codeOf = codeOf;
  }

  /** A new execution begins. */
  clear(): void {
    this.#families = new Map();
    this.#twins = [];
  }

  addThread(id: number, thread: ThreadView): void {
    const twin: Twin = { id, thread, histories: [], steps: [], seen: 0 };
    const code = this.#codeOf(thread);
    const family = this.#families.get(code);
    if (family === undefined) this.#families.set(code, [twin]);
    else family.push(twin);
    this.#twins[id] = twin;
  }

  /** May the thread take its step, or is it a twin's turn? */
  admits(id: number): boolean {
    const twin = this.#twins[id];
    return this.#elders(twin).every((elder) => elder.seen !== twin.seen || elder.steps.length !== twin.steps.length);
  }

  /** The thread is about to take its next step: the steps of its twins that come before that. */
  open(id: number, words: ArrayLike<number>): number[] {
    const twin = this.#twins[id];
    this.#before = words[addrOf(twin.thread.next)];
    const count = twin.steps.length;
    return this.#elders(twin)
      .filter(({ histories }) => histories.length > count && histories[count] === twin.seen)
      .map(({ steps }) => steps[count]);
  }

  /** The thread took step `at`. */
  stepped(id: number, at: number, step: Step, answer: number, words: ArrayLike<number>): void {
    const twin = this.#twins[id];
    twin.histories.push(twin.seen);
    twin.steps.push(at);
    for (const value of [step, this.#before, words[addrOf(step)], answer]) twin.seen = mix(twin.seen ^ mix(value));
  }

  /** The thread's sleep is over. */
  awoken(id: number, isTimeOut: boolean): void {
    this.#twins[id].seen = mix(this.#twins[id].seen ^ (isTimeOut ? 1 : 2));
  }

  #elders(twin: Twin): Twin[] {
    const family = this.#families.get(this.#codeOf(twin.thread))!;
    return family.slice(0, family.indexOf(twin)).filter(({ thread }) => thread.parent === twin.thread.parent);
  }
}
