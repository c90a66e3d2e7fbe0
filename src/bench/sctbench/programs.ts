import { program, type Body, type Program, type ProgramBuilder, type Thread } from "../../executor/explorer/program/program.ts";

/**
 * Programs of SCTBench, written anew from their descriptions, in the event model of the published tables: main spawns the threads
 * one after the other, then joins them. Events are every access to a shared word outside of a lock's protection, every lock and
 * unlock, every spawn, every end of a thread and every join; what a lock protects is no event of its own.
 */
export interface SctProgram {
  readonly name: string;
  readonly make: () => Program;
}

/** Main spawns them, in this order, and joins them. */
function spawnAll(bodies: readonly (readonly [name: string, body: Body])[]): Body {
  return function* main(t) {
    const threads: Thread[] = [];
    for (const [name, body] of bodies) threads.push(yield* t.spawn(name, body));
    for (const thread of threads) yield* t.join(thread);
  };
}

function numbered(name: string, count: number, body: Body): [string, Body][] {
  return Array.from({ length: count }, (_, i) => [`${name}${i}`, body]);
}

/** The checker sees a = 1 and b = 0: between the two writes of the first setter. */
export function reorder(setters: number, checkers: number): (p: ProgramBuilder) => Body {
  return (p) => {
    const [a, b] = [p.word("a"), p.word("b")];
    const set: Body = function* (t) {
      yield* a.write(t, 1);
      yield* b.write(t, -1);
    };
    const check: Body = function* (t) {
      const isBefore = (yield* a.read(t)) === 0 && (yield* b.read(t)) === 0;
      t.assert(isBefore || ((yield* a.read(t)) === 1 && (yield* b.read(t)) === -1), "neither before nor after a setter");
    };
    return spawnAll([...numbered("set", setters, set), ...numbered("check", checkers, check)]);
  };
}

/** B comes between the two critical sections of A: no data race, and wrong all the same. */
export function twostage(writers: number, readers: number): (p: ProgramBuilder) => Body {
  return (p) => {
    const [l1, l2] = [p.mutex("l1"), p.mutex("l2")];
    const [d1, d2] = [p.word("d1"), p.word("d2")];
    const write: Body = function* (t) {
      yield* l1.lock(t);
      d1.value = 1;
      yield* l1.unlock(t);
      yield* l2.lock(t);
      d2.value = d1.value + 1;
      yield* l2.unlock(t);
    };
    const read: Body = function* (t) {
      yield* l1.lock(t);
      const first = d1.value;
      yield* l1.unlock(t);
      if (first === 0) return;
      yield* l2.lock(t);
      const second = d2.value;
      yield* l2.unlock(t);
      t.assert(second === first + 1, "came between the two stages");
    };
    return spawnAll([...numbered("write", writers, write), ...numbered("read", readers, read)]);
  };
}

/** B writes under another lock than A. */
function wronglock(others: number): (p: ProgramBuilder) => Body {
  return (p) => {
    const [right, wrong, v] = [p.mutex("data_lock"), p.mutex("this_lock"), p.word("v")];
    const a: Body = function* (t) {
      yield* right.lock(t);
      const before = yield* v.read(t);
      yield* v.write(t, (yield* v.read(t)) + 1);
      t.assert((yield* v.read(t)) === before + 1, "somebody else wrote");
      yield* right.unlock(t);
    };
    const b: Body = function* (t) {
      yield* wrong.lock(t);
      yield* v.write(t, (yield* v.read(t)) + 1);
      yield* wrong.unlock(t);
    };
    return spawnAll([["a", a], ...numbered("b", others, b)]);
  };
}

function account(p: ProgramBuilder): Body {
  const [m, balance, dd, wd] = [p.mutex("m"), p.word("balance", 1), p.word("dd"), p.word("wd")];
  const [x, y, z] = [1, 2, 4];
  const locked = (work: (t: Thread) => void): Body => function* (t) {
    yield* m.lock(t);
    work(t);
    yield* m.unlock(t);
  };
  return spawnAll([
    ["check", locked((t) => { if (dd.value === 1 && wd.value === 1) t.assert(balance.value === x - y - z, "wrong balance"); })],
    ["deposit", locked(() => { balance.value += y; dd.value = 1; })],
    ["withdraw", locked(() => { balance.value -= z; wd.value = 1; })],
  ]);
}

function lazy01(p: ProgramBuilder): Body {
  const [m, data] = [p.mutex("m"), p.word("data")];
  const locked = (work: (t: Thread) => void): Body => function* (t) {
    yield* m.lock(t);
    work(t);
    yield* m.unlock(t);
  };
  return spawnAll([
    ["one", locked(() => { data.value += 1; })],
    ["two", locked(() => { data.value += 2; })],
    ["check", locked((t) => { t.assert(data.value < 3, "both have written"); })],
  ]);
}

function bluetooth(p: ProgramBuilder): Body {
  const [pending, stopping, event, stopped] = [p.word("pending_io", 1), p.word("stopping_flag"), p.word("stopping_event"), p.word("stopped")];
  const decrement: Body = function* (t) {
    if ((yield* pending.add(t, -1)) === 1) yield* event.write(t, 1);
  };
  const add: Body = function* (t) {
    if ((yield* stopping.read(t)) === 0) {
      yield* pending.add(t, 1);
      t.assert((yield* stopped.read(t)) === 0, "works although it was stopped");
    }
    yield* decrement(t);
  };
  const stop: Body = function* (t) {
    yield* stopping.write(t, 1);
    yield* decrement(t);
    if ((yield* event.read(t)) === 1) yield* stopped.write(t, 1);
  };
  return spawnAll([["stop", stop], ["add", add]]);
}

function deadlock01(p: ProgramBuilder): Body {
  const [a, b] = [p.mutex("a"), p.mutex("b")];
  const take = (first: typeof a, second: typeof a): Body => function* (t) {
    yield* first.lock(t);
    yield* second.lock(t);
    yield* second.unlock(t);
    yield* first.unlock(t);
  };
  return spawnAll([["ab", take(a, b)], ["ba", take(b, a)]]);
}

function tokenRing(p: ProgramBuilder): Body {
  const [x1, x2, x3] = [p.word("x1", 1), p.word("x2", 2), p.word("x3", 1)];
  const flags = [1, 2, 3].map((i) => p.word(`flag${i}`));
  const m = p.mutex("m");
  const atomic = (work: (t: Thread) => void): Body => function* (t) {
    yield* m.lock(t);
    work(t);
    yield* m.unlock(t);
  };
  return spawnAll([
    ["t1", atomic(() => { x1.value = (x3.value + 1) % 4; flags[0].value = 1; })],
    ["t2", atomic(() => { x2.value = x1.value; flags[1].value = 1; })],
    ["t3", atomic(() => { x3.value = x2.value; flags[2].value = 1; })],
    ["check", atomic((t) => {
      if (flags.every(({ value }) => value === 1)) t.assert(x1.value === x2.value && x2.value === x3.value, "the ring is out of order");
    })],
  ]);
}

const BUILD: Readonly<Record<string, (p: ProgramBuilder) => Body>> = {
  "account": account,
  "bluetooth_driver": bluetooth,
  "deadlock01": deadlock01,
  "lazy01": lazy01,
  "reorder_3": reorder(2, 1),
  "reorder_4": reorder(3, 1),
  "reorder_5": reorder(4, 1),
  "reorder_10": reorder(9, 1),
  "reorder_100": reorder(99, 1),
  "token_ring": tokenRing,
  "twostage": twostage(1, 1),
  "twostage_100": twostage(99, 1),
  "wronglock_3": wronglock(3),
  "wronglock": wronglock(7),
};

export const SCT_PROGRAMS: readonly SctProgram[] = Object.entries(BUILD).map(([name, build]) => ({ name, make: () => program(name, build) }));
