import type { Body, ProgramBuilder } from "../../executor/explorer/program/program.ts";
import { numbered, spawnAll } from "./spawn_all.ts";

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

/** B writes under another lock than A. */
export function wronglock(others: number): (p: ProgramBuilder) => Body {
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

/** The driver stops between the test of the flag and the work. */
export function bluetooth(p: ProgramBuilder): Body {
  const [pending, stopping, event, stopped] = [
    p.word("pending_io", 1),
    p.word("stopping_flag"),
    p.word("stopping_event"),
    p.word("stopped"),
  ];
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
  return spawnAll([
    ["stop", stop],
    ["add", add],
  ]);
}
