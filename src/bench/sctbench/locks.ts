import type { Body, ProgramBuilder } from "../../executor/explorer/program/program.ts";
import { locked, numbered, spawnAll } from "./spawn_all.ts";

/** Two locks in two orders. */
export function deadlock01(p: ProgramBuilder): Body {
  const [a, b] = [p.mutex("a"), p.mutex("b")];
  const take = (first: typeof a, second: typeof a): Body =>
    function* (t) {
      yield* first.lock(t);
      yield* second.lock(t);
      yield* second.unlock(t);
      yield* first.unlock(t);
    };
  return spawnAll([
    ["ab", take(a, b)],
    ["ba", take(b, a)],
  ]);
}

/**
 * The first of a kind takes a second lock under the first one, the last gives it back: of two kinds, one waits with the first
 * lock held.
 */
export function carter01(p: ProgramBuilder): Body {
  const [m, l] = [p.mutex("m"), p.mutex("l")];
  const enter = (name: string): Body => {
    const inside = p.word(name);
    return function* (t) {
      yield* m.lock(t);
      if (++inside.value === 1) yield* l.lock(t);
      yield* m.unlock(t);
      yield* m.lock(t);
      if (--inside.value === 0) yield* l.unlock(t);
      yield* m.unlock(t);
    };
  };
  return spawnAll([["a", enter("A")], ["b", enter("B")], ...numbered("empty", 2, function* () {})]);
}

/** One waits until `num` is zero, which it never becomes; the other changes it and signals. Fails on every schedule. */
export function sync(num: number, change: number): (p: ProgramBuilder) => Body {
  return (p) => {
    const [m, empty, count] = [p.mutex("m"), p.condition("empty"), p.word("num", num)];
    return spawnAll([
      [
        "wait",
        function* (t) {
          yield* m.lock(t);
          while (count.value > 0) yield* empty.wait(t, m);
          yield* m.unlock(t);
        },
      ],
      [
        "signal",
        function* (t) {
          yield* locked(m, () => {
            count.value += change;
          })(t);
          yield* empty.signal(t);
        },
      ],
    ]);
  };
}

/** One of two forgets to unlock. Fails on every schedule. */
export function phase01(p: ProgramBuilder): Body {
  const m = p.mutex("m");
  return spawnAll(numbered("lock", 2, (t) => m.lock(t)));
}

/** Philosophers count themselves; that all of them have eaten counts as a failure. Fails on every schedule. */
export function diningPhilosophers(philosophers: number): (p: ProgramBuilder) => Body {
  return (p) => {
    const [m, eaten] = [p.mutex("m"), p.word("phil")];
    return spawnAll(
      numbered(
        "phil",
        philosophers,
        locked(m, (t) => t.assert(++eaten.value < philosophers, "all have eaten")),
      ),
    );
  };
}
