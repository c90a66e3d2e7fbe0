import { expect, test } from "vitest";
import { mutexLock, mutexTryLock, mutexUnlock } from "../../../../src/kernel/locking/mutex.ts";
import { downRead, downWrite, upRead, upWrite } from "../../../../src/kernel/locking/rwsem.ts";
import { GFP_KERNEL, GFP_NOWAIT } from "../../../../src/machine/slab.ts";
import { trace } from "../../../../src/machine/tracepoint.ts";
import { machineEvents } from "../../../../src/machine/tracepoints.ts";
import { driverEvents } from "../../../../src/driver/tracepoints.ts";
import { LockRig } from "./lock_rig.ts";

test("two locks taken in both orders are a deadlock to be, though none happened", () => {
  const rig = new LockRig();
  rig.run(0, function* (task) {
    yield* mutexLock(task, rig.mutex());
    yield* downRead(task, rig.rwsem());
    yield* upRead(task, rig.rwsem());
    yield* mutexUnlock(task, rig.mutex());
  });
  expect(rig.said()).toEqual([]);
  rig.run(1, function* (task) {
    yield* downWrite(task, rig.rwsem(1)); // of another thing: the class counts
    yield* mutexLock(task, rig.mutex(1));
  });
  expect(rig.said()).toEqual([
    "lock-order I23: cpu1 takes thing.mutex while it holds thing.rwsem, but the order is thing.mutex, thing.rwsem",
  ]);
  expect(`\n${rig.objections[0].details.join("\n")}\n`).toBe(`
thing.rwsem -> thing.mutex: cpu1, somewhere
thing.mutex -> thing.rwsem: cpu0, somewhere
possible unsafe locking scenario:
  CPU0                CPU1
  ----                ----
  lock(thing.rwsem);
                      lock(thing.mutex);
  lock(thing.mutex);
                      lock(thing.rwsem);
  *** DEADLOCK ***
`);
});

test("a lock that was only tried waits for nobody", () => {
  const rig = new LockRig();
  rig.run(0, function* (task) {
    yield* mutexLock(task, rig.mutex());
    yield* downRead(task, rig.rwsem());
    yield* upRead(task, rig.rwsem());
    yield* mutexUnlock(task, rig.mutex());
  });
  rig.run(1, function* (task) {
    yield* downWrite(task, rig.rwsem());
    yield* mutexTryLock(task, rig.mutex());
    yield* mutexUnlock(task, rig.mutex());
    yield* upWrite(task, rig.rwsem());
  });
  expect(rig.said()).toEqual([]);
});

test("two locks of one class are told apart, unless a third one is held by whoever takes both", () => {
  const both = (rig: LockRig, cpu: number, first: number, isGuarded: boolean) =>
    rig.run(cpu, function* (task) {
      if (isGuarded) yield* downWrite(task, rig.rwsem());
      yield* mutexLock(task, rig.mutex(first));
      yield* mutexLock(task, rig.mutex(1 - first));
      yield* mutexUnlock(task, rig.mutex(1 - first));
      yield* mutexUnlock(task, rig.mutex(first));
      if (isGuarded) yield* upWrite(task, rig.rwsem());
    });
  const saidOf = (isGuarded: boolean) => {
    const rig = new LockRig();
    both(rig, 0, 0, isGuarded);
    both(rig, 1, 1, isGuarded);
    return rig.said();
  };
  expect(saidOf(true)).toEqual([]);
  expect(saidOf(false)).toEqual([
    "lock-order I23: cpu1 takes thing#0.mutex while it holds thing#1.mutex, but the order is thing#0.mutex, thing#1.mutex",
  ]);
});

test("a lock that callbacks take must not be held by whoever allocates, because reclaim invalidates", () => {
  const saidOf = (gfp: number) => {
    const rig = new LockRig();
    rig.run(0, (task) =>
      rig.invalidate(task, true, function* () {
        yield* mutexLock(task, rig.mutex());
        yield* mutexUnlock(task, rig.mutex());
      }),
    );
    rig.run(1, function* (task) {
      yield* mutexLock(task, rig.mutex());
      trace(task, machineEvents.mightAlloc, gfp);
    });
    return rig.said();
  };
  expect(saidOf(GFP_NOWAIT)).toEqual([]);
  expect(saidOf(GFP_KERNEL)).toEqual([
    "lock-order I23: cpu1 takes fs_reclaim while it holds thing.mutex, but the order is fs_reclaim, " +
      "mmu_notifier_invalidate_range_start, thing.mutex",
  ]);
});

test("what leads up to a fence's signal must not take a lock under which the fence is waited for", () => {
  const saidOf = (isWaitedForUnderLock: boolean) => {
    const rig = new LockRig();
    rig.run(0, function* (task) {
      if (isWaitedForUnderLock) yield* mutexLock(task, rig.mutex());
      trace(task, driverEvents.fenceWait);
    });
    rig.run(1, function* (task) {
      trace(task, driverEvents.fenceSignallingBegin);
      yield* mutexLock(task, rig.mutex(1));
      trace(task, driverEvents.fenceSignallingEnd);
    });
    return rig.said();
  };
  expect(saidOf(false)).toEqual([]);
  expect(saidOf(true)[0]).toMatch(/^lock-order I23: cpu1 takes thing.mutex while it holds dma_fence/);
});

test("once a fence can be signalled, its sender may take any lock", () => {
  const rig = new LockRig();
  rig.run(0, function* (task) {
    trace(task, driverEvents.fenceSignallingBegin);
    trace(task, driverEvents.fenceSignallingEnd);
    yield* mutexLock(task, rig.mutex());
    trace(task, driverEvents.fenceWait);
  });
  expect(rig.said()).toEqual([]);
});
