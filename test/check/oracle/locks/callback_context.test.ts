import { expect, test } from "vitest";
import { mutexLock, mutexTryLock, mutexUnlock } from "../../../../src/kernel/locking/mutex.ts";
import { downRead } from "../../../../src/kernel/locking/rwsem.ts";
import { spinLock, spinUnlock } from "../../../../src/kernel/locking/spinlock.ts";
import { sleepUntil } from "../../../../src/machine/futex.ts";
import { GFP_KERNEL } from "../../../../src/machine/slab.ts";
import type { Run } from "../../../../src/machine/step.ts";
import type { Task } from "../../../../src/machine/task.ts";
import { trace } from "../../../../src/machine/tracepoint.ts";
import { machineEvents } from "../../../../src/machine/tracepoints.ts";
import { LockRig } from "./lock_rig.ts";

/** What is said, lock order aside, when CPU 0 does this. */
function saidOf(body: (rig: LockRig, task: Task) => Run<void>): string[] {
  const rig = new LockRig();
  rig.run(0, (task) => body(rig, task));
  return rig.said().filter((text) => !text.startsWith("lock-order"));
}

/** What is said when a callback does this. */
function saidInCallback(isBlockable: boolean, body: (rig: LockRig, task: Task) => Run<void>): string[] {
  return saidOf((rig, task) => rig.invalidate(task, isBlockable, () => body(rig, task)));
}

test("a callback of a range that may block takes its lock, sleeps and gives the lock back", () => {
  expect(
    saidInCallback(true, function* (rig, task) {
      yield* mutexLock(task, rig.mutex());
      yield* sleepUntil(task, 10);
      yield* mutexUnlock(task, rig.mutex());
    }),
  ).toEqual([]);
});

test("I9: a callback of a range that must not block only tries", () => {
  expect(
    saidInCallback(false, function* (rig, task) {
      yield* mutexTryLock(task, rig.mutex());
      yield* spinLock(task, rig.spin());
      yield* spinUnlock(task, rig.spin());
      yield* mutexUnlock(task, rig.mutex());
    }),
  ).toEqual([]);
  expect(
    saidInCallback(false, function* (rig, task) {
      yield* mutexLock(task, rig.mutex());
      yield* mutexUnlock(task, rig.mutex());
      yield* sleepUntil(task, 10);
    }),
  ).toEqual([
    "violation I9: cpu0 might have to wait for thing#0.mutex in a callback of a range that must not block",
    "violation I9: cpu0 sleeps for a time in a callback of a range that must not block",
  ]);
});

test("a callback takes neither mmap_lock nor memory, waits for no invalidation, and leaves nothing held", () => {
  expect(
    saidInCallback(true, function* (rig, task) {
      yield* downRead(task, rig.mmapLock);
    }),
  ).toEqual([
    "violation RULES b 2: cpu0 takes mm.mmap_lock in a callback: whoever invalidates may hold it",
    "violation RULES 28: cpu0 returns from a callback with mm.mmap_lock held",
  ]);
  expect(
    saidInCallback(true, function* (_rig, task) {
      trace(task, machineEvents.mightAlloc, GFP_KERNEL);
    }),
  ).toEqual([
    "violation RULES 60: cpu0 takes fs_reclaim in a callback: the allocation may reclaim, and reclaim waits for notifiers",
  ]);
  expect(
    saidInCallback(true, function* (rig, task) {
      rig.mayWait(task);
    }),
  ).toEqual(["violation RULES 36: cpu0 may wait for an invalidation in a callback, which is part of one"]);
});

test("I24: nobody waits for an invalidation with a lock that some callback took", () => {
  const waitUnder = (isTakenByCallback: boolean) =>
    saidOf(function* (rig, task) {
      yield* rig.invalidate(task, true, function* () {
        if (!isTakenByCallback) return;
        yield* mutexLock(task, rig.mutex());
        yield* mutexUnlock(task, rig.mutex());
      });
      yield* mutexLock(task, rig.mutex());
      rig.mayWait(task);
    });
  expect(waitUnder(false)).toEqual([]);
  expect(waitUnder(true)).toEqual([
    "violation I24: cpu0 may wait for an invalidation while it holds thing#0.mutex, which callbacks take",
  ]);
});

test("who holds a spinlock takes no lock for which one sleeps, and neither sleeps nor allocates", () => {
  expect(
    saidOf(function* (rig, task) {
      yield* mutexLock(task, rig.mutex());
      yield* spinLock(task, rig.spin());
      yield* spinLock(task, rig.spin(1));
      yield* spinUnlock(task, rig.spin(1));
      yield* spinUnlock(task, rig.spin());
      yield* sleepUntil(task, 10);
    }),
  ).toEqual([]);
  expect(
    saidOf(function* (rig, task) {
      yield* spinLock(task, rig.spin());
      yield* mutexLock(task, rig.mutex());
      yield* sleepUntil(task, 10);
      trace(task, machineEvents.mightAlloc, GFP_KERNEL);
    }),
  ).toEqual([
    "atomic-sleep atomic-sleep: cpu0 takes thing#0.mutex while it holds thing#0.spin",
    "atomic-sleep atomic-sleep: cpu0 sleeps for a time while it holds thing#0.spin",
    "atomic-sleep atomic-sleep: cpu0 might have to wait for fs_reclaim while it holds thing#0.spin",
  ]);
});

test("where blocking is forbidden without a spinlock, sleeping is no better", () => {
  expect(
    saidOf(function* (_rig, task) {
      task.atomicDepth++;
      yield* sleepUntil(task, 10);
      task.atomicDepth--;
    }),
  ).toEqual(["atomic-sleep atomic-sleep: cpu0 sleeps for a time where blocking is forbidden"]);
});

test("an execution that ended in the middle of a callback leaves nothing behind for the next", () => {
  const rig = new LockRig();
  const abandoned = function* (task: Task): Run<void> {
    yield* rig.invalidate(task, false, function* () {
      yield* mutexTryLock(task, rig.mutex());
      throw new Error("the execution ends here");
    });
  };
  expect(() => rig.run(0, abandoned)).toThrow("the execution ends here");
  rig.begin();
  rig.run(0, function* (task) {
    yield* mutexUnlock(task, rig.mutex()); // only the word in memory: the oracles know of no holder
    yield* mutexLock(task, rig.mutex());
    rig.mayWait(task);
    yield* sleepUntil(task, 10);
    yield* mutexUnlock(task, rig.mutex());
  });
  expect(rig.said()).toEqual([]);
});
