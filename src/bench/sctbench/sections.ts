import type { Body, ProgramBuilder } from "../../executor/explorer/program/program.ts";
import { locked, numbered, spawnAll } from "./spawn_all.ts";

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

/** The check is wrong about what comes out, whatever the order of the others. */
export function account(p: ProgramBuilder): Body {
  const [m, balance, dd, wd] = [p.mutex("m"), p.word("balance", 1), p.word("dd"), p.word("wd")];
  const [x, y, z] = [1, 2, 4];
  return spawnAll([
    [
      "check",
      locked(m, (t) => {
        if (dd.value === 1 && wd.value === 1) t.assert(balance.value === x - y - z, "wrong balance");
      }),
    ],
    [
      "deposit",
      locked(m, () => {
        balance.value += y;
        dd.value = 1;
      }),
    ],
    [
      "withdraw",
      locked(m, () => {
        balance.value -= z;
        wd.value = 1;
      }),
    ],
  ]);
}

/** Wrong if the check comes last. */
export function lazy01(p: ProgramBuilder): Body {
  const [m, data] = [p.mutex("m"), p.word("data")];
  return spawnAll([
    [
      "one",
      locked(m, () => {
        data.value += 1;
      }),
    ],
    [
      "two",
      locked(m, () => {
        data.value += 2;
      }),
    ],
    [
      "check",
      locked(m, (t) => {
        t.assert(data.value < 3, "both have written");
      }),
    ],
  ]);
}

/** Who passes its token in which order? */
export function tokenRing(p: ProgramBuilder): Body {
  const [x1, x2, x3] = [p.word("x1", 1), p.word("x2", 2), p.word("x3", 1)];
  const flags = [1, 2, 3].map((i) => p.word(`flag${i}`));
  const m = p.mutex("m");
  return spawnAll([
    [
      "t1",
      locked(m, () => {
        x1.value = (x3.value + 1) % 4;
        flags[0].value = 1;
      }),
    ],
    [
      "t2",
      locked(m, () => {
        x2.value = x1.value;
        flags[1].value = 1;
      }),
    ],
    [
      "t3",
      locked(m, () => {
        x3.value = x2.value;
        flags[2].value = 1;
      }),
    ],
    [
      "check",
      locked(m, (t) => {
        if (flags.every(({ value }) => value === 1))
          t.assert(x1.value === x2.value && x2.value === x3.value, "the ring is out of order");
      }),
    ],
  ]);
}
