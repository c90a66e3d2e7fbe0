import { AWAIT, READ, READ_ONCE, RELEASE, RMW, stepOf, WRITE, WRITE_ONCE, type Run } from "../../../machine/step.ts";
import { Task } from "../../../machine/task.ts";
import { Tracer } from "../../../machine/tracepoint.ts";
import { deadlockOf } from "../deadlock.ts";
import type { Engine, Thread as EngineThread } from "../engine.ts";
import type { Failure } from "../failure.ts";
import { AssertionFailed } from "../run.ts";
import type { Ending, Subject } from "../subject.ts";

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
 * The event model: every access to a word, every lock and unlock, every spawn, every end of a spawned thread and every join is one
 * step; `value` looks at or sets a word without one. A lock and a join are steps that cannot be taken before they succeed.
 *
 * Instead of returning a main thread, a program may declare threads that are all there from the start, with `p.thread`; these end
 * without a step.
 */
export function program(name: string, build: Build): Program {
  return new Program(name, build);
}

/** Declares what a program shares and its threads, or returns its main thread. */
export type Build = (p: ProgramBuilder) => Body | void;

/** What a thread does. */
export type Body = (thread: Thread) => Run<void>;

/** Words of a program. */
const MAX_WORDS = 4096;

/** Declares what a program shares. */
export class ProgramBuilder {
  readonly words: Int32Array;
  readonly initial = new Int32Array(MAX_WORDS);
  readonly names: string[] = ["NULL"];
  /** Addresses of what `word` declared. */
  readonly data: number[] = [];
  readonly threads: { readonly name: string; readonly body: Body }[] = [];
  /** Checked when all threads have ended. */
  atEnd: () => void = () => {};

  /** @param words the memory, if it is there already: on another thread */
  constructor(words: Int32Array = new Int32Array(new SharedArrayBuffer(MAX_WORDS * 4))) {
    this.words = words;
  }

  /** First word that nobody has declared. */
  get used(): number {
    return this.names.length;
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
    return new Mutex(this.words, this.place(name, 0));
  }

  condition(name: string): Condition {
    return new Condition(this.words, this.place(name, 0));
  }

  place(name: string, initial: number): number {
    const addr = this.names.push(name) - 1;
    if (addr >= MAX_WORDS / 2) throw new RangeError(`${name}: a program has at most ${MAX_WORDS / 2} words`);
    this.initial[addr] = initial;
    return addr;
  }
}

/** A 32-bit word that threads share. Values are signed. */
export class SharedWord {
  readonly #words: Int32Array;
  readonly #addr: number;

  constructor(words: Int32Array, addr: number) {
    this.#words = words;
    this.#addr = addr;
  }

  /** The word, looked at or set without a step: where only one thread can be, or where the model wants no event. */
  get value(): number {
    return this.#words[this.#addr];
  }

  set value(value: number) {
    this.#words[this.#addr] = value;
  }

  /** Marked read. */
  *read(_thread: Thread): Run<number> {
    yield stepOf(READ_ONCE, this.#addr);
    return Atomics.load(this.#words, this.#addr);
  }

  /** Marked write. */
  *write(_thread: Thread, value: number): Run<void> {
    yield stepOf(WRITE_ONCE, this.#addr);
    Atomics.store(this.#words, this.#addr, value);
  }

  /** Plain read: must be ordered by something, else it is a data race. */
  *readPlain(_thread: Thread): Run<number> {
    yield stepOf(READ, this.#addr);
    return this.#words[this.#addr];
  }

  /** Plain write. */
  *writePlain(_thread: Thread, value: number): Run<void> {
    yield stepOf(WRITE, this.#addr);
    this.#words[this.#addr] = value;
  }

  /** Add `delta`; what the word held before. */
  *add(_thread: Thread, delta: number): Run<number> {
    yield stepOf(RMW, this.#addr);
    return Atomics.add(this.#words, this.#addr, delta);
  }

  /** Store `value`; what the word held before. */
  *exchange(_thread: Thread, value: number): Run<number> {
    yield stepOf(RMW, this.#addr);
    return Atomics.exchange(this.#words, this.#addr, value);
  }

  /** Store `value` if the word holds `old`; true if it did. */
  *compareAndSwap(_thread: Thread, old: number, value: number): Run<boolean> {
    yield stepOf(RMW, this.#addr);
    return Atomics.compareExchange(this.#words, this.#addr, old, value) === old;
  }

  /** Wait until the word holds `value`: a step that cannot be taken before. */
  *await(thread: Thread, value: number): Run<void> {
    thread.task.expected = value;
    thread.task.mask = -1;
    yield stepOf(AWAIT, this.#addr);
  }
}

/** A lock that is free (0) or held (1). */
export class Mutex {
  readonly #words: Int32Array;
  readonly #addr: number;

  constructor(words: Int32Array, addr: number) {
    this.#words = words;
    this.#addr = addr;
  }

  *lock(thread: Thread): Run<void> {
    do {
      thread.task.expected = 0;
      thread.task.mask = -1;
      yield stepOf(AWAIT, this.#addr);
    } while (Atomics.compareExchange(this.#words, this.#addr, 0, 1) !== 0);
  }

  /** True if the lock was free and is now ours. */
  *tryLock(_thread: Thread): Run<boolean> {
    yield stepOf(RMW, this.#addr);
    return Atomics.compareExchange(this.#words, this.#addr, 0, 1) === 0;
  }

  *unlock(_thread: Thread): Run<void> {
    yield stepOf(RELEASE, this.#addr);
    Atomics.store(this.#words, this.#addr, 0);
    Atomics.notify(this.#words, this.#addr);
  }
}

/** Threads that may wait on a condition: bits of half a word. */
const CONDITION_THREADS = 15;

/**
 * A condition variable: a signal wakes the waiter with the lowest number, and nobody if nobody waits. Bits 0 to 14 of its word are
 * the waiters, bits 15 to 29 those who were signalled.
 */
export class Condition {
  readonly #words: Int32Array;
  readonly #addr: number;

  constructor(words: Int32Array, addr: number) {
    this.#words = words;
    this.#addr = addr;
  }

  /** Give the lock up, sleep until signalled, take it again. */
  *wait(thread: Thread, mutex: Mutex): Run<void> {
    const waiter = 1 << thread.number;
    if (thread.number >= CONDITION_THREADS) throw new RangeError(`only the first ${CONDITION_THREADS} threads can wait on a condition`);
    yield stepOf(RMW, this.#addr);
    Atomics.or(this.#words, this.#addr, waiter);
    yield* mutex.unlock(thread);
    const signalled = waiter << CONDITION_THREADS;
    thread.task.expected = signalled;
    thread.task.mask = signalled;
    yield stepOf(AWAIT, this.#addr);
    Atomics.and(this.#words, this.#addr, ~signalled);
    yield* mutex.lock(thread);
  }

  *signal(_thread: Thread): Run<void> {
    yield stepOf(RMW, this.#addr);
    const waiters = Atomics.load(this.#words, this.#addr) & ((1 << CONDITION_THREADS) - 1);
    this.#wake(waiters & -waiters);
  }

  *broadcast(_thread: Thread): Run<void> {
    yield stepOf(RMW, this.#addr);
    this.#wake(Atomics.load(this.#words, this.#addr) & ((1 << CONDITION_THREADS) - 1));
  }

  #wake(waiters: number): void {
    Atomics.xor(this.#words, this.#addr, waiters | (waiters << CONDITION_THREADS));
    Atomics.notify(this.#words, this.#addr);
  }
}

/** Where a program runs: an engine, or a real thread. */
export interface ProgramHost {
  readonly words: Int32Array;
  readonly nowUs: () => number;
  /** Threads so far: the number of the next one. */
  threads(): number;
  launch(name: string, body: Body): Thread;
}

/** One thread of a program. */
export class Thread {
  readonly name: string;
  /** Main is 0; others in the order of their spawning. */
  readonly number: number;
  readonly task: Task;
  readonly #host: ProgramHost;

  constructor(host: ProgramHost, number: number, name: string) {
    this.#host = host;
    this.name = name;
    this.number = number;
    const { words, nowUs } = host;
    this.task = new Task({ id: number + 1, name, words, tracer: new Tracer(), interleaved: true, nowUs });
  }

  /** Start a thread: one step, after which it can run. */
  *spawn(name: string, body: Body): Run<Thread> {
    yield stepOf(WRITE_ONCE, lifeWord(this.#host.threads()));
    return this.#host.launch(name, body);
  }

  /** Wait for its end: a step that cannot be taken before. */
  *join(other: Thread): Run<void> {
    this.task.expected = 1;
    this.task.mask = -1;
    yield stepOf(AWAIT, lifeWord(other.number));
  }

  /** @throws AssertionFailed, which ends the execution */
  assert(condition: boolean, message: string): void {
    assert(condition, message);
  }
}

/** For checks at the end of a program. @throws AssertionFailed */
export function assert(condition: boolean, message: string): void {
  if (!condition) throw new AssertionFailed(message);
}

/** The word that says whether thread `number` has ended. */
function lifeWord(number: number): number {
  return MAX_WORDS / 2 + number;
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
    const { initial, used } = this.#builder;
    for (let addr = 0; addr < used; addr++) this.words[addr] = initial[addr];
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

  codeOf({ index }: EngineThread): Body {
    return this.#host!.bodies[index];
  }

  nameOf(addr: number): string {
    return addr < MAX_WORDS / 2 ? (this.#builder.names[addr] ?? `words[${addr}]`) : `thread ${addr - MAX_WORDS / 2}`;
  }
}

/** One execution of a program in an engine. */
class EngineHost implements ProgramHost {
  readonly words: Int32Array;
  readonly nowUs: () => number;
  /** By thread: what it runs. */
  readonly bodies: Body[] = [];
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.words = engine.words;
    this.nowUs = () => engine.nowUs;
  }

  threads(): number {
    return this.#engine.threads.length;
  }

  launch(name: string, body: Body): Thread {
    const thread = new Thread(this, this.threads(), name);
    this.words[lifeWord(thread.number)] = 0;
    this.bodies.push(body);
    this.#engine.spawn(thread.task, this.#life(thread, body));
    return thread;
  }

  /** A thread that nobody joins. */
  root(name: string, body: Body): void {
    const thread = new Thread(this, this.threads(), name);
    this.bodies.push(body);
    this.#engine.spawn(thread.task, body(thread));
  }

  *#life(thread: Thread, body: Body): Run<void> {
    yield* body(thread);
    yield stepOf(RELEASE, lifeWord(thread.number));
    Atomics.store(this.words, lifeWord(thread.number), 1);
  }
}
