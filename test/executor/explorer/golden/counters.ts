import { program, type Program, type SharedWord, type Thread } from "../../../../src/executor/explorer/program/program.ts";
import type { Run } from "../../../../src/machine/step.ts";

/** N threads that do the same to a few words x, y, z. The body is one function, so that the threads are interchangeable. */
export function same(name: string, threads: number, body: (t: Thread, words: readonly SharedWord[]) => Run<void>): Program {
  return program(`${name}(${threads})`, (p) => {
    const words = ["x", "y", "z"].map((word) => p.word(word));
    const run = (t: Thread) => body(t, words);
    for (let i = 0; i < threads; i++) p.thread(`${name}${i}`, run);
  });
}

/** Fetch-and-add. */
export const ainc = (threads: number): Program =>
  same("ainc", threads, function* (t, [x]) {
    yield* x.add(t, 1);
  });

/** Load, then store. */
export const inc = (threads: number): Program =>
  same("inc", threads, function* (t, [x]) {
    yield* x.write(t, (yield* x.read(t)) + 1);
  });

/** Three counters. */
const cinc = (threads: number): Program =>
  same("cinc", threads, function* (t, words) {
    for (const word of words) yield* word.add(t, 1);
  });

/** Load, and store a value of one's own. */
const rw = (threads: number): Program =>
  each("rw", threads, function* (t, x, i) {
    yield* x.read(t);
    yield* x.write(t, i);
  });

/** Thread i: compare-and-swap from i - 1 to i. */
export const casrot = (threads: number): Program =>
  each("casrot", threads, function* (t, x, i) {
    yield* x.compareAndSwap(t, i - 1, i);
  });

/** Compare-and-swap from 0 to 1, then store. */
const casw = (threads: number): Program =>
  each("casw", threads, function* (t, x, i) {
    yield* x.compareAndSwap(t, 0, 1);
    yield* x.write(t, i);
  });

/** N threads, numbered from 1, and a word. */
function each(name: string, threads: number, body: (t: Thread, x: SharedWord, i: number) => Run<void>): Program {
  return program(`${name}(${threads})`, (p) => {
    const x = p.word("x");
    for (let i = 1; i <= threads; i++) p.thread(`${name}${i}`, (t) => body(t, x, i));
  });
}

/** Increment of so many words under a mutex. */
export function lockInc(words: number, threads: number): Program {
  return program(`lock${words}inc(${threads})`, (p) => {
    const counters = Array.from({ length: words }, (_, i) => p.word(`x${i}`));
    const mutex = p.mutex("mutex");
    for (let i = 0; i < threads; i++) {
      p.thread(`inc${i}`, function* (t) {
        yield* mutex.lock(t);
        for (const counter of counters) yield* counter.write(t, (yield* counter.read(t)) + 1);
        yield* mutex.unlock(t);
      });
    }
  });
}

/** One writer, N readers. */
export function readers(count: number): Program {
  return program(`readers(${count})`, (p) => {
    const x = p.word("x");
    p.thread("writer", (t) => x.write(t, 1));
    for (let i = 0; i < count; i++) {
      const seen = p.word(`seen${i}`);
      p.thread(`reader${i}`, function* (t) {
        seen.value = yield* x.read(t);
      });
    }
  });
}

/** Numbers of executions for N = `from`, `from` + 1, … */
function series(
  create: (threads: number) => Program,
  from: number,
  ...executions: readonly number[]
): (readonly [Program, number])[] {
  return executions.map((count, i) => [create(from + i), count]);
}

export const COUNTERS: readonly (readonly [Program, number])[] = [
  ...series(ainc, 2, 2, 6, 24, 120, 720),
  ...series((threads) => lockInc(1, threads), 2, 2, 6, 24, 120),
  ...series((threads) => lockInc(2, threads), 2, 2, 6, 24, 120),
  ...series(inc, 2, 4, 36, 576),
  ...series(rw, 2, 4, 36, 576),
  ...series(cinc, 2, 8, 216),
  ...series(casrot, 2, 2, 5, 14, 43, 144),
  ...series(casw, 2, 6, 66, 1200),
  ...series(readers, 2, 4, 8, 16, 32, 64, 128, 256),
];
