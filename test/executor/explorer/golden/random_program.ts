import * as fc from "fast-check";
import { CHOICE, FUTEX_WAIT, FUTEX_WAKE, stepOf, type Run } from "../../../../src/machine/step.ts";
import {
  program,
  type Condition,
  type Mutex,
  type Program,
  type SharedWord,
  type Thread,
} from "../../../../src/executor/explorer/program/program.ts";

/** One statement of a random program; operands are taken modulo what there is. */
export interface Statement {
  readonly kind: (typeof KINDS)[number];
  readonly word: number;
  readonly value: number;
}

export const KINDS = [
  "read",
  "write",
  "writeRead",
  "add",
  "cas",
  "exchange",
  "await",
  "locked",
  "tryLock",
  "choice",
  "assert",
  "lockedAssert",
  "futexWait",
  "futexWake",
  "timedWait",
  "wait",
  "signal",
  "broadcast",
] as const;

const WORDS = 2;

/** Statements of each of two or three threads. */
export function randomThreads(kinds: readonly Statement["kind"][] = KINDS): fc.Arbitrary<Statement[][]> {
  const statement = fc.record({ kind: fc.constantFrom(...kinds), word: fc.nat(WORDS - 1), value: fc.nat(2) });
  return fc.oneof(
    fc.array(fc.array(statement, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 2 }),
    fc.array(fc.array(statement, { minLength: 1, maxLength: 2 }), { minLength: 3, maxLength: 3 }),
  );
}

/** The program of these statements. What a thread reads, it remembers and writes. */
export function randomProgram(threads: readonly (readonly Statement[])[]): Program {
  return program("random", (p) => {
    const words = Array.from({ length: WORDS }, (_, i) => p.word(`x${i}`));
    const results = threads.map((_, i) => p.word(`result${i}`));
    const guarded = p.word("guarded");
    const mutex = p.mutex("mutex");
    const condition = p.condition("condition");
    for (const [i, statements] of threads.entries()) {
      p.thread(`thread${i}`, function* (t) {
        results[i].value = 1;
        for (const statement of statements) {
          const seen = yield* run(t, statement, results[i].value, { words, guarded, mutex, condition });
          results[i].value = (results[i].value * 7 + seen) & 0xffff;
        }
      });
    }
  });
}

interface Shared {
  readonly words: readonly SharedWord[];
  /** Looked at without steps, under the mutex only. */
  readonly guarded: SharedWord;
  readonly mutex: Mutex;
  readonly condition: Condition;
}

/** Returns what the thread saw. */
function* run(
  t: Thread,
  { kind, word, value }: Statement,
  memory: number,
  { words, guarded, mutex, condition }: Shared,
): Run<number> {
  const x = words[word];
  const addr = word + 1; // words are numbered in the order of their declaration, after NULL
  switch (kind) {
    case "read":
      return yield* x.read(t);
    case "write":
      yield* x.write(t, value);
      return 0;
    case "writeRead":
      yield* x.write(t, memory & 3);
      return 0;
    case "add":
      return yield* x.add(t, 1);
    case "cas":
      return (yield* x.compareAndSwap(t, value, value + 1)) ? 1 : 0;
    case "exchange":
      return yield* x.exchange(t, value);
    case "await":
      yield* x.await(t, value);
      return 0;
    case "locked": {
      yield* mutex.lock(t);
      const seen = guarded.value++;
      yield* mutex.unlock(t);
      return seen;
    }
    case "lockedAssert":
      yield* mutex.lock(t);
      t.assert(guarded.value !== value, `${t.name}: guarded is ${value}`);
      yield* mutex.unlock(t);
      return 0;
    case "tryLock":
      if (!(yield* mutex.tryLock(t))) return 1;
      yield* x.write(t, value);
      yield* mutex.unlock(t);
      return 0;
    case "choice":
      t.task.percent = 50;
      if ((yield stepOf(CHOICE, 0)) === 0) return 0;
      yield* x.write(t, value);
      return 1;
    case "assert":
      t.assert((yield* x.read(t)) !== value, `${t.name}: x${word} is ${value}`);
      return 0;
    case "futexWait":
    case "timedWait":
      t.task.expected = value;
      t.task.deadlineUs = kind === "futexWait" ? Infinity : t.task.nowUs() + 5 + value;
      return yield stepOf(FUTEX_WAIT, addr);
    case "futexWake":
      t.task.count = 1 + (value >> 1);
      yield stepOf(FUTEX_WAKE, addr);
      return 0;
    case "wait":
      yield* mutex.lock(t);
      yield* condition.wait(t, mutex);
      yield* mutex.unlock(t);
      return 0;
    case "signal":
      yield* condition.signal(t);
      return 0;
    case "broadcast":
      yield* condition.broadcast(t);
      return 0;
  }
}
