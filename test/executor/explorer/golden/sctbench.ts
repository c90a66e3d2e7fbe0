import {
  program,
  type Mutex,
  type Program,
  type SharedWord,
  type Thread,
} from "../../../../src/executor/explorer/program/program.ts";
import type { Run } from "../../../../src/machine/step.ts";

/**
 * Programs of SCTBench (Thomson et al., PPoPP 2014) whose threads are all there from the start. What is done under a mutex that
 * is not nested is one step; the failure ends the execution.
 */
export interface Facts {
  readonly subject: Program;
  /** Executions of brute force, and those that fail. */
  readonly interleavings: number;
  readonly buggy: number;
  /** Executions of optimal DPOR. */
  readonly traces: number;
  /**
   * Number of the first failing execution, from 1: brute force, preemption bounding (and the bound), delay bounding (and the
   * bound).
   */
  readonly dfs: number;
  readonly preemption: readonly [number, number];
  readonly delay: readonly [number, number];
}

export const SCTBENCH: readonly Facts[] = [
  { subject: account(), interleavings: 6, buggy: 2, traces: 6, dfs: 3, preemption: [3, 0], delay: [4, 1] },
  { subject: lazy(), interleavings: 6, buggy: 2, traces: 6, dfs: 1, preemption: [1, 0], delay: [1, 0] },
  { subject: reorder(3), interleavings: 162, buggy: 8, traces: 52, dfs: 15, preemption: [14, 1], delay: [18, 2] },
  { subject: reorder(4), interleavings: 6573, buggy: 57, traces: 1089, dfs: 291, preemption: [67, 1], delay: [103, 3] },
  { subject: twoStage(), interleavings: 8, buggy: 1, traces: 3, dfs: 4, preemption: [5, 1], delay: [4, 1] },
  { subject: bluetooth(), interleavings: 73, buggy: 4, traces: 10, dfs: 14, preemption: [6, 1], delay: [5, 1] },
  { subject: deadlock(), interleavings: 6, buggy: 2, traces: 3, dfs: 3, preemption: [5, 1], delay: [4, 1] },
  { subject: carter(), interleavings: 4, buggy: 2, traces: 4, dfs: 2, preemption: [4, 1], delay: [3, 1] },
  // published with 4 interleavings: there a wait on a condition is one step, here queueing and unlocking are two
  { subject: sync(), interleavings: 5, buggy: 5, traces: 3, dfs: 1, preemption: [1, 0], delay: [1, 0] },
  { subject: tokenRing(), interleavings: 24, buggy: 4, traces: 24, dfs: 8, preemption: [8, 0], delay: [12, 2] },
];

function account(): Program {
  return program("account", (p) => {
    const mutex = p.word("mutex");
    const balance = p.word("balance", 1);
    const done = [p.word("deposited"), p.word("withdrawn")];
    p.thread("check", (t) =>
      atomically(t, mutex, () => {
        t.assert(done[0].value === 0 || done[1].value === 0 || balance.value === 1 - 2 - 4, `the balance is ${balance.value}`);
      }),
    );
    p.thread("deposit", (t) =>
      atomically(t, mutex, () => {
        balance.value += 2;
        done[0].value = 1;
      }),
    );
    p.thread("withdraw", (t) =>
      atomically(t, mutex, () => {
        balance.value -= 4;
        done[1].value = 1;
      }),
    );
  });
}

function lazy(): Program {
  return program("lazy01", (p) => {
    const mutex = p.word("mutex");
    const data = p.word("data");
    for (const amount of [1, 2]) {
      p.thread(`add${amount}`, (t) =>
        atomically(t, mutex, () => {
          data.value += amount;
        }),
      );
    }
    p.thread("check", (t) => atomically(t, mutex, () => t.assert(data.value < 3, `data is ${data.value}`)));
  });
}

/** @param threads setters and one checker */
export function reorder(threads: number): Program {
  return program(`reorder_${threads}`, (p) => {
    const a = p.word("a");
    const b = p.word("b");
    for (let i = 1; i < threads; i++) {
      p.thread(`set${i}`, function* (t) {
        yield* a.write(t, 1);
        yield* b.write(t, -1);
      });
    }
    p.thread("check", function* (t) {
      const isUnset = (yield* a.read(t)) === 0 && (yield* b.read(t)) === 0;
      t.assert(isUnset || ((yield* a.read(t)) === 1 && (yield* b.read(t)) === -1), "a and b do not fit");
    });
  });
}

function twoStage(): Program {
  return program("twostage", (p) => {
    const first = p.mutex("first");
    const second = p.mutex("second");
    const one = p.word("one");
    const two = p.word("two");
    p.thread("write", function* (t) {
      yield* first.lock(t);
      one.value = 1;
      yield* first.unlock(t);
      yield* second.lock(t);
      two.value = one.value + 1;
      yield* second.unlock(t);
    });
    p.thread("read", function* (t) {
      yield* first.lock(t);
      const seen = one.value;
      yield* first.unlock(t);
      if (seen === 0) return;
      yield* second.lock(t);
      t.assert(two.value === seen + 1, `two is ${two.value}`);
      yield* second.unlock(t);
    });
  });
}

function bluetooth(): Program {
  return program("bluetooth_driver", (p) => {
    const pending = p.word("pendingIo", 1);
    const stopping = p.word("stoppingFlag");
    const event = p.word("stoppingEvent");
    const stopped = p.word("stopped");
    const release = function* (t: Thread): Run<void> {
      if ((yield* pending.add(t, -1)) === 1) yield* event.write(t, 1);
    };
    p.thread("add", function* (t) {
      if ((yield* stopping.read(t)) === 0) {
        yield* pending.add(t, 1);
        t.assert((yield* stopped.read(t)) === 0, "the driver has stopped");
      }
      yield* release(t);
    });
    p.thread("stop", function* (t) {
      yield* stopping.write(t, 1);
      yield* release(t);
      if ((yield* event.read(t)) !== 0) yield* stopped.write(t, 1);
    });
  });
}

function deadlock(): Program {
  return program("deadlock01", (p) => {
    const a = p.mutex("a");
    const b = p.mutex("b");
    for (const [name, outer, inner] of [
      ["ab", a, b],
      ["ba", b, a],
    ] as const) {
      p.thread(name, function* (t) {
        yield* outer.lock(t);
        yield* inner.lock(t);
        yield* inner.unlock(t);
        yield* outer.unlock(t);
      });
    }
  });
}

function carter(): Program {
  return program("carter01", (p) => {
    const mutex = p.mutex("m");
    const inner = p.mutex("l");
    for (const name of ["A", "B"]) {
      const count = p.word(name);
      p.thread(name, function* (t) {
        yield* under(t, mutex, function* () {
          if (++count.value === 1) yield* inner.lock(t);
        });
        yield* under(t, mutex, function* () {
          if (--count.value === 0) yield* inner.unlock(t);
        });
      });
    }
  });
}

/** One waits for a number to become zero, the other changes it to something else and signals: it never goes on. */
function sync(): Program {
  return program("sync01", (p) => {
    const mutex = p.mutex("m");
    const empty = p.condition("empty");
    const num = p.word("num", 1);
    p.thread("wait", (t) =>
      under(t, mutex, function* () {
        while (num.value > 0) yield* empty.wait(t, mutex);
      }),
    );
    p.thread("signal", function* (t) {
      yield* under(t, mutex, function* () {
        num.value++;
      });
      yield* empty.signal(t);
    });
  });
}

function tokenRing(): Program {
  return program("token_ring", (p) => {
    const mutex = p.word("mutex");
    const x = [p.word("x1", 1), p.word("x2", 2), p.word("x3", 1)];
    const flags = [p.word("flag1"), p.word("flag2"), p.word("flag3")];
    for (const [i, next] of [() => (x[2].value + 1) % 4, () => x[0].value, () => x[1].value].entries()) {
      p.thread(`pass${i + 1}`, (t) =>
        atomically(t, mutex, () => {
          x[i].value = next();
          flags[i].value = 1;
        }),
      );
    }
    p.thread("check", (t) =>
      atomically(t, mutex, () => {
        if (flags.every((flag) => flag.value === 1))
          t.assert(x[0].value === x[1].value && x[1].value === x[2].value, "the tokens differ");
      }),
    );
  });
}

/** One step on the mutex's word, during which nobody else runs. */
function* atomically(t: Thread, mutex: SharedWord, body: () => void): Run<void> {
  yield* mutex.add(t, 1);
  body();
}

function* under(t: Thread, mutex: Mutex, body: () => Run<void>): Run<void> {
  yield* mutex.lock(t);
  yield* body();
  yield* mutex.unlock(t);
}
