import { ArchSpinlock, archSpinLock, archSpinTryLock, archSpinUnlock } from "../../machine/arch_spinlock.ts";
import type { Run } from "../../machine/step.ts";
import { embedded, struct, u32, type Ptr } from "../../machine/struct.ts";
import type { Task } from "../../machine/task.ts";
import { trace } from "../../machine/tracepoint.ts";
import { kernelEvents } from "../tracepoints.ts";

/** A mutex: its holder may sleep. `owner` is for reports only. */
export const Mutex = struct("mutex", { arch: ArchSpinlock, owner: u32 });

export function* mutexLock(task: Task, lock: Ptr<"mutex">): Run<void> {
  yield* archSpinLock(task, embedded(lock, Mutex.arch));
  taken(task, lock, 0);
}

export function* mutexTryLock(task: Task, lock: Ptr<"mutex">): Run<boolean> {
  const free = yield* archSpinTryLock(task, embedded(lock, Mutex.arch));
  if (free) taken(task, lock, 1);
  return free;
}

export function* mutexUnlock(task: Task, lock: Ptr<"mutex">): Run<void> {
  trace(task, kernelEvents.lockRelease, lock, 0);
  task.words[lock + Mutex.owner] = 0;
  yield* archSpinUnlock(task, embedded(lock, Mutex.arch));
}

function taken(task: Task, lock: Ptr<"mutex">, tried: number): void {
  task.words[lock + Mutex.owner] = task.id;
  trace(task, kernelEvents.lockAcquired, lock, 0, tried);
}
