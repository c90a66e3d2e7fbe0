import type { Body, ProgramBuilder, SharedWord, Thread } from "../../executor/explorer/program/program.ts";
import type { Run } from "../../machine/step.ts";
import { spawnAll } from "./spawn_all.ts";

const SLOTS = 3;
const THREADS = 3;
const ROUNDS = 2;
const NONE = -1;

/**
 * A lock-free stack of three slots after Vyukov: who pops takes the link out of the head's slot, which is to keep others from
 * doing the same, and then swaps the head. Who was slow between the two may put back a link that is out of date; after at least
 * five preemptions two threads own one slot.
 */
class SafeStack {
  readonly #head: SharedWord;
  readonly #count: SharedWord;
  readonly #next: readonly SharedWord[];

  constructor(p: ProgramBuilder) {
    this.#head = p.word("head", 0);
    this.#count = p.word("count", SLOTS);
    this.#next = Array.from({ length: SLOTS }, (_, i) => p.word(`next${i}`, i + 1 < SLOTS ? i + 1 : NONE));
  }

  /** Returns -1 if but one slot is left. */
  *pop(t: Thread): Run<number> {
    while ((yield* this.#count.read(t)) > 1) {
      const head = yield* this.#head.read(t);
      const next = yield* this.#next[head].exchange(t, NONE);
      if (next === NONE) continue;
      if (yield* this.#head.compareAndSwap(t, head, next)) {
        yield* this.#count.add(t, -1);
        return head;
      }
      yield* this.#next[head].exchange(t, next);
    }
    return NONE;
  }

  *push(t: Thread, slot: number): Run<void> {
    let head: number;
    do {
      head = yield* this.#head.read(t);
      yield* this.#next[slot].write(t, head);
    } while (!(yield* this.#head.compareAndSwap(t, head, slot)));
    yield* this.#count.add(t, 1);
  }
}

export function safeStack(p: ProgramBuilder): Body {
  const stack = new SafeStack(p);
  const values = Array.from({ length: SLOTS }, (_, i) => p.word(`value${i}`));
  const use = (id: number): Body =>
    function* (t) {
      for (let round = 0; round < ROUNDS; round++) {
        const slot = yield* stack.pop(t);
        if (slot === NONE) continue;
        yield* values[slot].write(t, id);
        t.assert((yield* values[slot].read(t)) === id, "two threads own one slot");
        yield* stack.push(t, slot);
      }
    };
  return spawnAll(Array.from({ length: THREADS }, (_, i) => [`use${i}`, use(i + 1)]));
}
