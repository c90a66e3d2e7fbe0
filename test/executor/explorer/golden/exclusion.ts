import {
  program,
  type Program,
  type ProgramBuilder,
  type SharedWord,
  type Thread,
} from "../../../../src/executor/explorer/program/program.ts";
import type { Run } from "../../../../src/machine/step.ts";

/**
 * Mutual exclusion by reads and writes. A busy wait is an assumption: a thread that does not find what it waits for stops for
 * good, and the execution does not count, since one in which it finds it is explored as well.
 */
export const EXCLUSION: readonly (readonly [Program, number])[] = [
  [dekker(), 3],
  [peterson(), 4],
  [szymanski(), 6],
  [lamport(2), 16],
  [ticketLock(2), 2],
  [ttasLock(2), 4],
  [mcsLock(), 6],
  [rwLock(2, 1), 14],
];

function assuming(p: ProgramBuilder): (t: Thread, condition: boolean) => Run<void> {
  const never = p.word("never");
  return function* assume(t, condition) {
    if (!condition) yield* never.await(t, 1);
  };
}

/**
 * The entry of Dekker's algorithm, with a fence after the store (here every step is one): who finds the other's flag up stays
 * out.
 */
function dekker(): Program {
  return program("dekker_f", (p) => {
    const flags = [p.word("flag1"), p.word("flag2")];
    const x = p.word("x");
    for (const me of [0, 1]) {
      p.thread(`thread${me + 1}`, function* (t) {
        yield* flags[me].write(t, 1);
        if ((yield* flags[1 - me].read(t)) === 0) yield* exclusively(t, x, me);
      });
    }
  });
}

function peterson(): Program {
  return program("peterson", (p) => {
    const assume = assuming(p);
    const flags = [p.word("flag1"), p.word("flag2")];
    const turn = p.word("turn");
    const x = p.word("x");
    for (const me of [0, 1]) {
      p.thread(`thread${me + 1}`, function* (t) {
        yield* flags[me].write(t, 1);
        yield* turn.write(t, me);
        yield* assume(t, (yield* flags[1 - me].read(t)) === 0 || (yield* turn.read(t)) !== me);
        yield* exclusively(t, x, me);
        yield* flags[me].write(t, 0);
      });
    }
  });
}

function szymanski(): Program {
  return program("szymanski", (p) => {
    const assume = assuming(p);
    const flags = [p.word("flag1"), p.word("flag2")];
    const x = p.word("x");
    for (const me of [0, 1]) {
      const [mine, other] = [flags[me], flags[1 - me]];
      p.thread(`thread${me + 1}`, function* (t) {
        yield* mine.write(t, 1);
        yield* assume(t, (yield* other.read(t)) < 3);
        yield* mine.write(t, 3);
        if ((yield* other.read(t)) === 1) {
          yield* mine.write(t, 2);
          yield* assume(t, (yield* other.read(t)) === 4);
        }
        yield* mine.write(t, 4);
        yield* assume(t, (yield* other.read(t)) < 2);
        yield* exclusively(t, x, me);
        yield* assume(t, (yield* other.read(t)) < 2 || (yield* other.read(t)) > 3);
        yield* mine.write(t, 0);
      });
    }
  });
}

/** Lamport's fast mutex (TOCS 1987), algorithm 2. */
function lamport(threads: number): Program {
  return program(`lamport(${threads})`, (p) => {
    const assume = assuming(p);
    const busy = Array.from({ length: threads + 1 }, (_, i) => p.word(`b${i}`));
    const x = p.word("x");
    const y = p.word("y");
    for (let me = 1; me <= threads; me++) {
      p.thread(`thread${me}`, function* (t) {
        for (;;) {
          yield* busy[me].write(t, 1);
          yield* x.write(t, me);
          if ((yield* y.read(t)) !== 0) {
            yield* busy[me].write(t, 0);
            yield* assume(t, (yield* y.read(t)) === 0);
            continue;
          }
          yield* y.write(t, me);
          if ((yield* x.read(t)) === me) break;
          yield* busy[me].write(t, 0);
          for (let j = 1; j <= threads; j++) yield* assume(t, (yield* busy[j].read(t)) === 0);
          if ((yield* y.read(t)) === me) break;
          yield* assume(t, (yield* y.read(t)) === 0);
        }
        yield* y.write(t, 0);
        yield* busy[me].write(t, 0);
      });
    }
  });
}

function ticketLock(threads: number): Program {
  return program(`ticketlock(${threads})`, (p) => {
    const next = p.word("next");
    const owner = p.word("owner");
    const x = p.word("x");
    for (let i = 0; i < threads; i++) {
      p.thread(`thread${i}`, function* (t) {
        const ticket = yield* next.add(t, 1);
        yield* owner.await(t, ticket);
        yield* exclusively(t, x, i);
        yield* owner.write(t, ticket + 1);
      });
    }
  });
}

/** Test, then test-and-set. */
function ttasLock(threads: number): Program {
  return program(`ttaslock(${threads})`, (p) => {
    const assume = assuming(p);
    const state = p.word("state");
    const x = p.word("x");
    for (let i = 0; i < threads; i++) {
      p.thread(`thread${i}`, function* (t) {
        yield* assume(t, (yield* state.read(t)) === 0);
        yield* assume(t, (yield* state.exchange(t, 1)) === 0);
        yield* exclusively(t, x, i);
        yield* state.write(t, 0);
      });
    }
  });
}

/** A queue of two (Mellor-Crummey and Scott, TOCS 1991). */
function mcsLock(): Program {
  return program("mcs", (p) => {
    const tail = p.word("tail");
    const next = [p.word("next1"), p.word("next2")];
    const locked = [p.word("locked1"), p.word("locked2")];
    const x = p.word("x");
    for (const me of [0, 1]) {
      p.thread(`thread${me + 1}`, function* (t) {
        yield* next[me].write(t, 0);
        yield* locked[me].write(t, 0);
        if ((yield* tail.exchange(t, me + 1)) !== 0) {
          yield* next[1 - me].write(t, me + 1);
          yield* locked[me].await(t, 1);
        }
        yield* exclusively(t, x, me);
        if ((yield* next[me].read(t)) === 0) {
          if (yield* tail.compareAndSwap(t, me + 1, 0)) return;
          yield* next[me].await(t, 2 - me);
        }
        yield* locked[1 - me].write(t, 1);
      });
    }
  });
}

/** Readers take one off a counter, writers all of it; who took too much puts it back and tries again. */
function rwLock(readers: number, writers: number): Program {
  const all = 0x10_0000;
  return program(`linuxrwlocks(${readers}, ${writers})`, (p) => {
    const assume = assuming(p);
    const counter = p.word("counter", all);
    const x = p.word("x");
    const lock = function* (t: Thread, amount: number): Run<void> {
      if ((yield* counter.add(t, -amount)) >= amount) return;
      yield* counter.add(t, amount);
      yield* assume(t, false);
    };
    for (let i = 0; i < readers; i++) {
      p.thread(`reader${i}`, function* (t) {
        yield* lock(t, 1);
        yield* x.read(t);
        yield* counter.add(t, 1);
      });
    }
    for (let i = 0; i < writers; i++) {
      p.thread(`writer${i}`, function* (t) {
        yield* lock(t, all);
        yield* x.write(t, 42);
        yield* counter.add(t, all);
      });
    }
  });
}

/** What only one thread may do at a time. */
function* exclusively(t: Thread, x: SharedWord, value: number): Run<void> {
  yield* x.write(t, value);
  t.assert((yield* x.read(t)) === value, "two threads are in the critical section");
}
