import { cmpxchg, xchg } from "./access.ts";
import { futexWait, futexWake } from "./futex.ts";
import { struct, u32, type Ptr } from "./struct.ts";
import type { Run } from "./step.ts";
import type { Task } from "./task.ts";

/**
 * The bare lock under the kernel's spinlock: free, held, or held with sleepers. Whether a waiter spins or sleeps is the
 * executor's business (threads spin a little if a core is free), so there is no spinning here.
 */
export const ArchSpinlock = struct("arch_spinlock", { state: u32 });

const FREE = 0;
const HELD = 1;
const CONTENDED = 2;

export function* archSpinLock(task: Task, lock: Ptr<"arch_spinlock">): Run<void> {
  if ((yield* cmpxchg(task, lock, ArchSpinlock.state, FREE, HELD)) === FREE) return;
  while ((yield* xchg(task, lock, ArchSpinlock.state, CONTENDED)) !== FREE) {
    yield* futexWait(task, lock, ArchSpinlock.state, CONTENDED);
  }
}

/** True if the lock was free and is now ours. */
export function* archSpinTryLock(task: Task, lock: Ptr<"arch_spinlock">): Run<boolean> {
  return (yield* cmpxchg(task, lock, ArchSpinlock.state, FREE, HELD)) === FREE;
}

export function* archSpinUnlock(task: Task, lock: Ptr<"arch_spinlock">): Run<void> {
  if ((yield* xchg(task, lock, ArchSpinlock.state, FREE)) === CONTENDED) {
    yield* futexWake(task, lock, ArchSpinlock.state, 1);
  }
}
