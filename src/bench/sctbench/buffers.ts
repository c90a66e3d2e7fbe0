import type { Body, ProgramBuilder } from "../../executor/explorer/program/program.ts";
import { locked, spawnAll } from "./spawn_all.ts";

/** The same so many times. */
function times(count: number, body: (i: number) => Body): Body {
  return function* (t) {
    for (let i = 0; i < count; i++) yield* body(i)(t);
  };
}

/** Once anything was pushed, nobody looks whether there is anything to pop. */
export function stack(p: ProgramBuilder): Body {
  const size = 10;
  const [m, top, pushed] = [p.mutex("m"), p.word("top"), p.word("flag")];
  return spawnAll([
    [
      "push",
      times(size, () =>
        locked(m, (t) => {
          t.assert(top.value < size, "stack overflow");
          top.value++;
          pushed.value = 1;
        }),
      ),
    ],
    [
      "pop",
      times(size, () =>
        locked(m, (t) => {
          if (pushed.value === 0) return;
          t.assert(top.value > 0, "stack underflow");
          top.value--;
        }),
      ),
    ],
  ]);
}

/** The consumer counts the rounds in which it takes nothing, too, and so expects the wrong number. */
export function circularBuffer(p: ProgramBuilder): Body {
  return handOver(p, { rounds: 7, first: 0 });
}

/** The same with a queue that one number is in from the start. */
export function queue(p: ProgramBuilder): Body {
  return handOver(p, { rounds: 20, first: 1 });
}

/** Numbers 0, 1, … go through a buffer of at most one at a time, besides the `first` that are put there at once. */
function handOver(p: ProgramBuilder, { rounds, first }: { readonly rounds: number; readonly first: number }): Body {
  const [m, filled, inserted, removed] = [p.mutex("m"), p.word("filled"), p.word("inserted"), p.word("removed")];
  const buffer = Array.from({ length: rounds + first }, (_, i) => p.word(`buffer${i}`));
  const insert = (value: number) => {
    buffer[inserted.value++].value = value;
  };
  const produce = times(rounds - first, (i) =>
    locked(m, () => {
      if (filled.value === 1) return;
      insert(i + first);
      filled.value = 1;
    }),
  );
  return spawnAll([
    [
      "produce",
      function* (t) {
        if (first > 0) yield* locked(m, () => insert(0))(t);
        yield* produce(t);
      },
    ],
    [
      "consume",
      times(rounds, (i) =>
        locked(m, (t) => {
          if (filled.value === 0) return;
          t.assert(buffer[removed.value++].value === i, "not the number that was expected");
          filled.value = 0;
        }),
      ),
    ],
  ]);
}
