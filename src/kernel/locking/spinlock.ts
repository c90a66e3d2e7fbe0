import { ArchSpinlock, archSpinLock, archSpinTryLock, archSpinUnlock } from "../../machine/arch_spinlock.ts";
import type { Run } from "../../machine/step.ts";
import { embedded, struct, u32, type Ptr } from "../../machine/struct.ts";
import type { Task } from "../../machine/task.ts";
import { trace } from "../../machine/tracepoint.ts";
import { kernelEvents } from "../tracepoints.ts";

/** A spinlock: its holder must not sleep (RULES b). `owner` is for reports only. */
export const Spinlock = struct("spinlock", { arch: ArchSpinlock, owner: u32 });

export function* spinLock(task: Task, lock: Ptr<"spinlock">): Run<void> {
  yield* archSpinLock(task, embedded(lock, Spinlock.arch));
  taken(task, lock, 0);
}

export function* spinTryLock(task: Task, lock: Ptr<"spinlock">): Run<boolean> {
  const free = yield* archSpinTryLock(task, embedded(lock, Spinlock.arch));
  if (free) taken(task, lock, 1);
  return free;
}

export function* spinUnlock(task: Task, lock: Ptr<"spinlock">): Run<void> {
  trace(task, kernelEvents.lockRelease, lock, 0);
  task.words[lock + Spinlock.owner] = 0;
  yield* archSpinUnlock(task, embedded(lock, Spinlock.arch));
  task.atomicDepth--; // last, as the kernel's preempt_enable(): who holds it is not preempted
}

function taken(task: Task, lock: Ptr<"spinlock">, tried: number): void {
  task.atomicDepth++;
  task.words[lock + Spinlock.owner] = task.id;
  trace(task, kernelEvents.lockAcquired, lock, 0, tried);
}
