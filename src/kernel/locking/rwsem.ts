import { cmpxchg, fetchAdd, readOnce, xchg } from "../../machine/access.ts";
import { futexWait, futexWake } from "../../machine/futex.ts";
import type { Run } from "../../machine/step.ts";
import { struct, u32, type Ptr } from "../../machine/struct.ts";
import type { Task } from "../../machine/task.ts";
import { trace } from "../../machine/tracepoint.ts";
import { kernelEvents } from "../tracepoints.ts";

/**
 * A reader/writer semaphore. `count` holds the number of readers, WRITER while a writer is inside, and WAITERS as soon as
 * anybody sleeps: then new readers queue behind, so that writers do not starve. `owner` (a writer) is for reports only.
 */
export const Rwsem = struct("rwsem", { count: u32, owner: u32 });

const WRITER = 1 << 30;
const WAITERS = 1 << 29;

/** How many are inside for reading, without a step: for reports. */
export function rwsemReaders(words: Int32Array, sem: Ptr<"rwsem">): number {
  return Atomics.load(words, sem + Rwsem.count) & ~(WRITER | WAITERS);
}

export function* downRead(task: Task, sem: Ptr<"rwsem">): Run<void> {
  for (;;) {
    const count = yield* readOnce(task, sem, Rwsem.count);
    if ((count & (WRITER | WAITERS)) === 0) {
      if ((yield* cmpxchg(task, sem, Rwsem.count, count, count + 1)) === count) break;
    } else {
      yield* waitForChange(task, sem, count);
    }
  }
  trace(task, kernelEvents.lockAcquired, sem, 1, 0);
}

export function* downReadTrylock(task: Task, sem: Ptr<"rwsem">): Run<boolean> {
  for (;;) {
    const count = yield* readOnce(task, sem, Rwsem.count);
    if ((count & (WRITER | WAITERS)) !== 0) return false;
    if ((yield* cmpxchg(task, sem, Rwsem.count, count, count + 1)) === count) break;
  }
  trace(task, kernelEvents.lockAcquired, sem, 1, 1);
  return true;
}

export function* upRead(task: Task, sem: Ptr<"rwsem">): Run<void> {
  trace(task, kernelEvents.lockRelease, sem, 1);
  const former = yield* fetchAdd(task, sem, Rwsem.count, -1);
  if (former !== (1 | WAITERS)) return;
  if ((yield* cmpxchg(task, sem, Rwsem.count, WAITERS, 0)) === WAITERS) {
    yield* futexWake(task, sem, Rwsem.count);
  }
}

export function* downWrite(task: Task, sem: Ptr<"rwsem">): Run<void> {
  for (;;) {
    const count = yield* readOnce(task, sem, Rwsem.count);
    if ((count & ~WAITERS) === 0) {
      if ((yield* cmpxchg(task, sem, Rwsem.count, count, count | WRITER)) === count) break;
    } else {
      yield* waitForChange(task, sem, count);
    }
  }
  task.words[sem + Rwsem.owner] = task.id;
  trace(task, kernelEvents.lockAcquired, sem, 0, 0);
}

export function* downWriteTrylock(task: Task, sem: Ptr<"rwsem">): Run<boolean> {
  if ((yield* cmpxchg(task, sem, Rwsem.count, 0, WRITER)) !== 0) return false;
  task.words[sem + Rwsem.owner] = task.id;
  trace(task, kernelEvents.lockAcquired, sem, 0, 1);
  return true;
}

export function* upWrite(task: Task, sem: Ptr<"rwsem">): Run<void> {
  trace(task, kernelEvents.lockRelease, sem, 0);
  task.words[sem + Rwsem.owner] = 0;
  if (((yield* xchg(task, sem, Rwsem.count, 0)) & WAITERS) !== 0) {
    yield* futexWake(task, sem, Rwsem.count);
  }
}

/** Go from writer to reader without letting another writer in. */
export function* downgradeWrite(task: Task, sem: Ptr<"rwsem">): Run<void> {
  trace(task, kernelEvents.lockRelease, sem, 0);
  task.words[sem + Rwsem.owner] = 0;
  const former = yield* xchg(task, sem, Rwsem.count, 1);
  trace(task, kernelEvents.lockAcquired, sem, 1, 1);
  if ((former & WAITERS) !== 0) yield* futexWake(task, sem, Rwsem.count);
}

function* waitForChange(task: Task, sem: Ptr<"rwsem">, count: number): Run<void> {
  const waiting = count | WAITERS;
  if (count === waiting || (yield* cmpxchg(task, sem, Rwsem.count, count, waiting)) === count) {
    yield* futexWait(task, sem, Rwsem.count, waiting);
  }
}
