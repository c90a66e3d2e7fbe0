import { describe, expect, it } from "vitest";
import { RULES_OF_ONE_THREAD, WATCHED_RULES, type RuleOfOneThread, type WatchedRule } from "../../src/check/rules.ts";
import { deviceEvents } from "../../src/device/tracepoints.ts";
import { driverEvents } from "../../src/driver/tracepoints.ts";
import { mutexLock, mutexUnlock } from "../../src/kernel/locking/mutex.ts";
import { downRead, upRead } from "../../src/kernel/locking/rwsem.ts";
import { spinLock, spinUnlock } from "../../src/kernel/locking/spinlock.ts";
import { kernelEvents } from "../../src/kernel/tracepoints.ts";
import { WARN_REMOVE_NOT_IN_TREE } from "../../src/kernel/warn.ts";
import { sleepUntil } from "../../src/machine/futex.ts";
import { FRAME_SYSTEM } from "../../src/machine/physical.ts";
import { GFP_KERNEL, GFP_NOWAIT } from "../../src/machine/slab.ts";
import type { Run } from "../../src/machine/step.ts";
import type { Task } from "../../src/machine/task.ts";
import { trace } from "../../src/machine/tracepoint.ts";
import { machineEvents } from "../../src/machine/tracepoints.ts";
import { LockRig } from "./oracle/locks/lock_rig.ts";
import { CPU0, CPU1, DATA, FINISH, GPU0, OTHER_FINISH, OTHER_SUB, Rig, SUB, VA, VM } from "./rig.ts";

/** The smallest thing that breaks a rule; and the same as it should be. */
type Scenario<R> = (rig: R, isWrong: boolean) => void;

const EAGAIN = -11;
const COPY = 8;
const CLASSIC = 0x5000;

const SCENARIOS: Readonly<Record<WatchedRule, Scenario<Rig>>> = {
  "stale-access": (rig, isWrong) => {
    rig.commit();
    const translation = rig.fill();
    rig.gpuWrite(translation);
    rig.unmap(CPU0, VA);
    rig.free(CPU0, DATA);
    if (isWrong) rig.gpuRead(translation);
  },
  join: (rig, isWrong) => {
    rig.fill();
    const range = rig.rangeStart(CPU0);
    rig.call(range);
    if (!isWrong) rig.flush(1);
    rig.startPassDone(range);
    rig.rangeStarted(range);
  },
  "lost-data": (rig, isWrong) => {
    rig.commit();
    const translation = rig.fill();
    const copy = () => {
      const from = rig.physical.entry(DATA, 0);
      rig.words.copyWithin(rig.physical.entry(COPY, 0), from, from + 4);
    };
    rig.alloc(COPY, FRAME_SYSTEM);
    if (isWrong) copy();
    rig.gpuWrite(translation, 77);
    if (!isWrong) copy();
    rig.hit(CPU0, kernelEvents.pageCopied, DATA, COPY);
    rig.map(VA, COPY);
    rig.tlb.clear();
    rig.gpuRead(rig.fill(VA, COPY), VA, COPY);
  },
  balance: (rig, isWrong) =>
    rig.oracles[0].atQuiescence(rig.tasks[0], [{ name: "finish objects in use", expected: 0, actual: isWrong ? 1 : 0 }]),
  WARN: (rig, isWrong) => {
    rig.hit(CPU1, kernelEvents.intervalRemove, SUB, 0);
    if (isWrong) rig.hit(CPU1, kernelEvents.warn, WARN_REMOVE_NOT_IN_TREE);
  },
  I1: (rig, isWrong) => {
    rig.state(CPU0, 2, 0);
    rig.state(CPU0, 2, isWrong ? -1 : 1);
  },
  I2: (rig, isWrong) => {
    rig.state(CPU0, 2, 1);
    rig.state(CPU0, 3, 1);
    rig.state(CPU0, isWrong ? 5 : 3, 1);
  },
  I3: (rig, isWrong) => {
    const range = rig.invalidated(CPU0);
    rig.insert(OTHER_SUB, 3, 1);
    if (!isWrong) rig.rangeEnd(range);
    rig.hit(CPU0, kernelEvents.intervalInTree, OTHER_SUB);
  },
  I4: (rig, isWrong) => rig.insert(OTHER_SUB, isWrong ? 2 : 1),
  I5: (rig, isWrong) => {
    const range = rig.invalidated(CPU0);
    rig.insert(OTHER_SUB, 3, 1);
    rig.rangeEnd(range);
    if (!isWrong) rig.hit(CPU0, kernelEvents.intervalInTree, OTHER_SUB);
    rig.rangeStart(CPU0);
  },
  I6: (rig, isWrong) => rig.call(rig.rangeStart(CPU0), { setSeq: !isWrong }),
  I7: (rig, isWrong) => {
    rig.hit(CPU1, kernelEvents.intervalRemove, SUB, 0);
    rig.hit(CPU1, kernelEvents.intervalOutOfTree, SUB);
    rig.hit(CPU1, kernelEvents.intervalRemoved, SUB);
    if (!isWrong) rig.insert(SUB);
    rig.invalidated(CPU0);
  },
  I8: (rig, isWrong) => {
    const range = rig.rangeStart(CPU0);
    rig.tasks[0].atomicDepth = isWrong ? 1 : 0;
    rig.call(range);
  },
  I10: (rig, isWrong) => {
    const range = rig.rangeStart(CPU0);
    rig.call(range, { finish: FINISH });
    rig.startPassDone(range);
    if (!isWrong) rig.finish(range, FINISH);
    rig.rangeStarted(range);
  },
  I11: (rig, isWrong) => {
    const ranges = [rig.rangeStart(CPU0), rig.rangeStart(CPU1)];
    rig.call(ranges[0], { finish: FINISH });
    rig.call(ranges[1], { finish: isWrong ? FINISH : OTHER_FINISH });
  },
  I12: (rig, isWrong) => rig.call(rig.rangeStart(CPU0, { blockable: false }), { ok: 0, finish: isWrong ? FINISH : 0 }),
  I16: (rig, isWrong) => {
    const range = rig.invalidated(CPU0);
    if (!isWrong) rig.rangeEnd(range);
    rig.fill();
  },
  I17: (rig, isWrong) => {
    rig.rangeEnd(rig.invalidated(CPU0));
    rig.commit(VA, DATA, isWrong ? 1 : 3);
  },
  I18: (rig, isWrong) => {
    rig.fill();
    if (!isWrong) rig.flush(1);
    rig.hit(CPU1, driverEvents.dmaUnmap, 0, VA, DATA, VM);
  },
  I21: (rig, isWrong) => {
    rig.hit(CPU0, driverEvents.flushSubmit, 0, VA, VA + 1, 1);
    if (!isWrong) rig.flush(1);
    rig.hit(GPU0, deviceEvents.commandDone, 0, 1, 1, 40);
  },
  I26: (rig, isWrong) => rig.call(rig.rangeStart(CPU0), { ok: isWrong ? 0 : 1 }),
  "RULES 14": (rig, isWrong) => {
    const range = rig.rangeStart(CPU0);
    rig.hit(CPU0, kernelEvents.invalidateCall, SUB, range.id, range.seq, isWrong ? 0 : 1);
    rig.hit(CPU0, kernelEvents.intervalSetSeq, SUB, range.seq);
    rig.hit(CPU0, kernelEvents.invalidateCalled, SUB, range.id, range.seq, 1, FINISH);
  },
  "RULES 24": (rig, isWrong) => {
    const range = rig.rangeStart(CPU0);
    rig.call(range, { finish: FINISH });
    rig.startPassDone(range);
    const callClassic = () => rig.hit(CPU0, kernelEvents.hlistCall, CLASSIC, 0, range.id);
    if (isWrong) callClassic();
    rig.finish(range, FINISH);
    callClassic();
  },
  "RULES 27": (rig, isWrong) => {
    rig.insert(OTHER_SUB);
    const range = rig.rangeStart(CPU0, { blockable: false });
    rig.call(range, isWrong ? { ok: 0, setSeq: false } : {});
    rig.call(range, { sub: OTHER_SUB });
  },
  "RULES 28": (rig, isWrong) => {
    const range = rig.rangeStart(CPU0, { blockable: false });
    rig.call(range, { ok: 0, setSeq: false });
    rig.startPassDone(range, EAGAIN);
    rig.invEnd(CPU0);
    rig.rangeStarted(range, EAGAIN);
    if (isWrong) rig.hit(CPU0, kernelEvents.invalidateRangeEnd, 0, range.start, range.end, range.id);
  },
  "RULES 36": (rig, isWrong) => {
    rig.hit(CPU1, kernelEvents.intervalRemove, SUB, 0);
    if (!isWrong) rig.hit(CPU1, kernelEvents.intervalOutOfTree, SUB);
    rig.hit(CPU1, kernelEvents.intervalRemoved, SUB);
  },
  "RULES 67": (rig, isWrong) => {
    const events = [driverEvents.flushPending, driverEvents.flushAnswered];
    for (const event of isWrong ? events.toReversed() : events) rig.hit(CPU0, event, 0, 1);
  },
};

/** What one callback does, in a range that may block unless it is said. */
function inCallback(body: (rig: LockRig, task: Task, isWrong: boolean) => Run<void>): Scenario<LockRig> {
  return (rig, isWrong) => rig.run(0, (task) => rig.invalidate(task, true, () => body(rig, task, isWrong)));
}

/** CPU 0 takes a mutex and an rwsem inside of it, or the other way round. */
function* takeBoth(rig: LockRig, task: Task, isMutexFirst: boolean): Run<void> {
  if (isMutexFirst) yield* mutexLock(task, rig.mutex());
  yield* downRead(task, rig.rwsem());
  if (!isMutexFirst) yield* mutexLock(task, rig.mutex());
  yield* upRead(task, rig.rwsem());
  yield* mutexUnlock(task, rig.mutex());
}

const SCENARIOS_OF_ONE_THREAD: Readonly<Record<RuleOfOneThread, Scenario<LockRig>>> = {
  I8: (rig, isWrong) =>
    rig.run(0, function* (task) {
      trace(task, kernelEvents.lockAcquired, rig.srcu, 1, 0);
      if (!isWrong) trace(task, kernelEvents.lockRelease, rig.srcu, 1);
      // eslint-disable-next-line no-empty-function -- a callback that does nothing
      yield* rig.invalidate(task, true, function* () {});
    }),
  I9: (rig, isWrong) =>
    rig.run(0, (task) =>
      rig.invalidate(task, !isWrong, function* () {
        yield* sleepUntil(task, 10);
      }),
    ),
  I23: (rig, isWrong) => {
    rig.run(0, (task) => takeBoth(rig, task, true));
    rig.run(1, (task) => takeBoth(rig, task, !isWrong));
  },
  I24: (rig, isWrong) =>
    rig.run(0, function* (task) {
      yield* rig.invalidate(task, true, function* () {
        yield* mutexLock(task, rig.mutex());
        yield* mutexUnlock(task, rig.mutex());
      });
      if (isWrong) yield* mutexLock(task, rig.mutex());
      rig.mayWait(task);
    }),
  "RULES 28": inCallback(function* (rig, task, isWrong) {
    yield* mutexLock(task, rig.mutex());
    if (!isWrong) yield* mutexUnlock(task, rig.mutex());
  }),
  "RULES 36": inCallback(function* (rig, task, isWrong) {
    if (isWrong) rig.mayWait(task);
  }),
  "RULES 58": inCallback(function* (rig, task, isWrong) {
    if (isWrong) rig.passThrough(task, rig.pageLock);
  }),
  "RULES 60": inCallback(function* (_rig, task, isWrong) {
    trace(task, machineEvents.mightAlloc, isWrong ? GFP_KERNEL : GFP_NOWAIT);
  }),
  "RULES b 2": inCallback(function* (rig, task, isWrong) {
    const lock = isWrong ? rig.mmapLock : rig.rwsem();
    yield* downRead(task, lock);
    yield* upRead(task, lock);
  }),
  "atomic-sleep": (rig, isWrong) =>
    rig.run(0, function* (task) {
      yield* spinLock(task, rig.spin());
      if (isWrong) yield* sleepUntil(task, 10);
      yield* spinUnlock(task, rig.spin());
      yield* sleepUntil(task, 10);
    }),
};

describe("every rule that is watched can be seen broken, and is not where it holds", () => {
  it.each(WATCHED_RULES)("%s", (rule) => {
    const brokenBy = (isWrong: boolean) => {
      const rig = new Rig();
      SCENARIOS[rule](rig, isWrong);
      return rig.rules;
    };
    expect(brokenBy(true)).toEqual([rule]);
    expect(brokenBy(false)).toEqual([]);
  });

  it.each(RULES_OF_ONE_THREAD)("%s, in one thread", (rule) => {
    const brokenBy = (isWrong: boolean) => {
      const rig = new LockRig();
      SCENARIOS_OF_ONE_THREAD[rule](rig, isWrong);
      return rig.objections.map((objection) => objection.rule);
    };
    // A lock in the wrong place is most often in the wrong order, too.
    expect(brokenBy(true).filter((broken) => broken === rule || broken !== "I23")).toEqual([rule]);
    expect(brokenBy(false)).toEqual([]);
  });

  it("with a scenario for each, and for nothing else", () => {
    expect(Object.keys(SCENARIOS).toSorted()).toEqual(WATCHED_RULES.toSorted());
    expect(Object.keys(SCENARIOS_OF_ONE_THREAD).toSorted()).toEqual(RULES_OF_ONE_THREAD.toSorted());
  });
});
