import { expect, it } from "vitest";
import { DeadlockError, randomWalk } from "../../../src/executor/explorer/engine/random_walk.ts";
import { readOnce, writeOnce } from "../../../src/machine/access.ts";
import { Layout } from "../../../src/machine/layout.ts";
import type { Run } from "../../../src/machine/step.ts";
import { embedded, struct, u32 } from "../../../src/machine/struct.ts";
import type { Task } from "../../../src/machine/task.ts";
import { Mutex, mutexLock, mutexTryLock, mutexUnlock } from "../../../src/kernel/locking/mutex.ts";
import {
  downgradeWrite,
  downRead,
  downReadTrylock,
  downWrite,
  downWriteTrylock,
  Rwsem,
  upRead,
  upWrite,
} from "../../../src/kernel/locking/rwsem.ts";
import { Spinlock, spinLock, spinTryLock, spinUnlock } from "../../../src/kernel/locking/spinlock.ts";
import { waitEvent, WaitQueue, wakeUpAll } from "../../../src/kernel/locking/wait_queue.ts";
import { testTask } from "../../task.ts";

const Shared = struct("shared", {
  sem: Rwsem,
  mutex: Mutex,
  spin: Spinlock,
  queue: WaitQueue,
  writers: u32,
  readers: u32,
  done: u32,
});
const layout = new Layout();
const shared = layout.place(Shared, "shared");
const sem = embedded(shared, Shared.sem);
const mutex = embedded(shared, Shared.mutex);
const spin = embedded(shared, Shared.spin);

function interleave(seeds: number, ...bodies: ((task: Task) => Run<void>)[]): void {
  for (let seed = 1; seed <= seeds; seed++) {
    const words = new Int32Array(new SharedArrayBuffer(layout.words * 4));
    randomWalk({
      words,
      seed,
      maxSteps: 100_000,
      spawn: (engine) => {
        for (const [index, body] of bodies.entries()) {
          const task = testTask(engine, index + 1);
          engine.spawn(task, body(task));
        }
      },
    });
  }
}

function* enterAlone(task: Task): Run<void> {
  expect(yield* readOnce(task, shared, Shared.writers)).toBe(0);
  expect(yield* readOnce(task, shared, Shared.readers)).toBe(0);
  yield* writeOnce(task, shared, Shared.writers, 1);
  expect(yield* readOnce(task, shared, Shared.readers)).toBe(0);
  yield* writeOnce(task, shared, Shared.writers, 0);
}

function* enterShared(task: Task): Run<void> {
  expect(yield* readOnce(task, shared, Shared.writers)).toBe(0);
}

it("lets one holder at a time into a spinlock and a mutex", () => {
  function* body(task: Task): Run<void> {
    for (let i = 0; i < 3; i++) {
      yield* spinLock(task, spin);
      expect(task.atomicDepth).toBe(1);
      yield* enterAlone(task);
      yield* spinUnlock(task, spin);
      yield* mutexLock(task, mutex);
      yield* enterAlone2(task);
      yield* mutexUnlock(task, mutex);
      expect(task.atomicDepth).toBe(0);
    }
  }
  function* enterAlone2(task: Task): Run<void> {
    expect(yield* readOnce(task, shared, Shared.done)).toBe(0);
    yield* writeOnce(task, shared, Shared.done, task.id);
    expect(yield* readOnce(task, shared, Shared.done)).toBe(task.id);
    yield* writeOnce(task, shared, Shared.done, 0);
  }
  interleave(300, body, body, body);
});

it("keeps writers of a semaphore alone, and every sleeper gets in", () => {
  function* writer(task: Task): Run<void> {
    for (let i = 0; i < 3; i++) {
      yield* downWrite(task, sem);
      yield* enterAlone(task);
      if (i === 1) {
        yield* downgradeWrite(task, sem);
        yield* enterShared(task);
        yield* upRead(task, sem);
      } else {
        yield* upWrite(task, sem);
      }
    }
  }
  function* reader(task: Task): Run<void> {
    for (let i = 0; i < 4; i++) {
      yield* downRead(task, sem);
      yield* enterShared(task);
      yield* upRead(task, sem);
    }
  }
  interleave(500, writer, writer, reader, reader);
});

it("fails a trylock instead of waiting", () => {
  interleave(1, function* (task) {
    yield* downRead(task, sem);
    expect(yield* downReadTrylock(task, sem)).toBe(true);
    expect(yield* downWriteTrylock(task, sem)).toBe(false);
    yield* upRead(task, sem);
    yield* upRead(task, sem);
    expect(yield* downWriteTrylock(task, sem)).toBe(true);
    expect(yield* downReadTrylock(task, sem)).toBe(false);
    yield* upWrite(task, sem);
    expect(yield* mutexTryLock(task, mutex)).toBe(true);
    expect(yield* mutexTryLock(task, mutex)).toBe(false);
    expect(yield* spinTryLock(task, spin)).toBe(true);
    expect(yield* spinTryLock(task, spin)).toBe(false);
  });
});

it("loses no wake-up", () => {
  interleave(
    300,
    function* (task) {
      const came = yield* waitEvent(task, embedded(shared, Shared.queue), function* () {
        return (yield* readOnce(task, shared, Shared.done)) === 1;
      });
      expect(came).toBe(true);
    },
    function* (task) {
      yield* writeOnce(task, shared, Shared.done, 1);
      yield* wakeUpAll(task, embedded(shared, Shared.queue));
    },
  );
});

it("gives up at the deadline", () => {
  interleave(1, function* (task) {
    const came = yield* waitEvent(
      task,
      embedded(shared, Shared.queue),
      function* () {
        return (yield* readOnce(task, shared, Shared.done)) === 1;
      },
      250,
    );
    expect(came).toBe(false);
    expect(task.nowUs()).toBe(250);
  });
});

it("shows a deadlock for what it is", () => {
  expect(() =>
    interleave(
      50,
      function* (task) {
        yield* mutexLock(task, mutex);
        yield* spinLock(task, spin);
      },
      function* (task) {
        yield* spinLock(task, spin);
        yield* mutexLock(task, mutex);
      },
    ),
  ).toThrow(DeadlockError);
});
