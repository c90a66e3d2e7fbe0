import { deadlockOf } from "../liveness/deadlock.ts";
import type { Engine } from "../engine/engine.ts";
import type { Failure } from "../engine/failure.ts";
import type { Ending, Subject } from "../engine/subject.ts";
import type { ThreadView } from "../engine/view.ts";
import { ProgramBuilder, type Build } from "./builder.ts";
import { EngineHost } from "./engine_host.ts";
import { taskId, type Body } from "./thread.ts";
import { DECLARED } from "./words.ts";

export { ProgramBuilder, type Build } from "./builder.ts";
export { Condition } from "./condition.ts";
export { Mutex } from "./mutex.ts";
export { SharedWord } from "./shared_word.ts";
export { assert, Thread, type Body } from "./thread.ts";

/**
 * Small programs to explore: shared words, mutexes, condition variables, threads, assertions.
 *
 *     const lostUpdate = program("lost update", (p) => {
 *       const x = p.word("x");
 *       const increment = function* (t: Thread) { yield* x.write(t, (yield* x.read(t)) + 1); };
 *       return function* main(t) {
 *         const threads = [yield* t.spawn("a", increment), yield* t.spawn("b", increment)];
 *         for (const thread of threads) yield* t.join(thread);
 *         t.assert(x.value === 2, `x is ${x.value}`);
 *       };
 *     });
 *
 * The event model: every access to a word, every lock and unlock, every spawn, every end of a spawned thread and every join is
 * one step; `value` looks at or sets a word without one. A lock and a join are steps that cannot be taken before they succeed.
 *
 * Instead of returning a main thread, a program may declare threads that are all there from the start, with `p.thread`; these end
 * without a step.
 */
export function program(name: string, build: Build): Program {
  return new Program(name, build);
}

/** A small program as something to explore. */
export class Program implements Subject {
  readonly name: string;
  readonly build: Build;
  readonly words: Int32Array;
  readonly #builder = new ProgramBuilder();
  readonly #main: Body | null;
  #host: EngineHost | null = null;

  constructor(name: string, build: Build) {
    this.name = name;
    this.build = build;
    this.#main = build(this.#builder) ?? null;
    this.words = this.#builder.words;
    this.reset();
  }

  /** Threads that are there from the start. */
  get roots(): number {
    return this.#main === null ? this.#builder.threads.length : 1;
  }

  /** Put all words back to their initial values. */
  reset(): void {
    const { initial, names, owners } = this.#builder;
    for (let addr = 0; addr < names.length; addr++) this.words[addr] = initial[addr];
    for (const owner of owners.values()) this.words[owner] = 0;
  }

  start(engine: Engine): void {
    this.reset();
    const host = new EngineHost(engine);
    this.#host = host;
    if (this.#main !== null) host.root("main", this.#main);
    for (const { name, body } of this.#builder.threads) host.root(name, body);
  }

  failure(): Failure | null {
    return null;
  }

  finish(engine: Engine, ending: Ending): Failure | null {
    if (ending === "done") this.#builder.atEnd();
    return ending === "deadlock" || ending === "livelock" ? deadlockOf(engine, ending, this) : null;
  }

  /** The values of all declared words as they are now: `x=1 y=0`. */
  outcome(): string {
    return this.#builder.data.map((addr) => `${this.nameOf(addr)}=${this.words[addr]}`).join(" ");
  }

  /** What a thread runs: equal for threads that are the same but for their names. */
  codeOf({ index }: ThreadView): Body {
    return this.#host!.bodies[index];
  }

  isOrdered(addr: number): boolean {
    return addr >= DECLARED;
  }

  nameOf(addr: number): string {
    return addr < DECLARED ? (this.#builder.names[addr] ?? `words[${addr}]`) : `thread ${addr - DECLARED}`;
  }

  /**
   * Id of the task that holds the mutex whose word this is, or of the one that is waited for by who joins it; 0 if there is none.
   */
  ownerOf(addr: number): number {
    if (addr >= DECLARED) return this.words[addr] === 0 ? taskId(addr - DECLARED) : 0;
    const owner = this.#builder.owners.get(addr);
    return owner === undefined ? 0 : this.words[owner];
  }

  isCondition(addr: number): boolean {
    return this.#builder.conditions.has(addr);
  }
}
