import { cmpxchg, init, readOnce, readPtr, write, xchg } from "../../machine/access.ts";
import { futexWait, futexWake } from "../../machine/futex.ts";
import type { Run } from "../../machine/step.ts";
import { NULL, type Ptr } from "../../machine/struct.ts";
import type { Task } from "../../machine/task.ts";
import type { Kernel } from "../kernel.ts";
import { MmuIntervalNotifierPass, PassWaiter } from "./structs.ts";

/**
 * Passes that tell when they are ready. Each task that invalidates has a list of those of its own, which others only ever add
 * to and which only it takes, all at once: no lock, and an interrupt may add.
 */

type Pass = Ptr<"mmu_interval_notifier_pass">;

/** Make a pass of this task's invalidation, which nobody else knows of yet, one that function `number` carries out. */
export function mmuIntervalPassInit(task: Task, kernel: Kernel, pass: Pass, number: number): void {
  init(task, pass, MmuIntervalNotifierPass.pass, number);
  init(task, pass, MmuIntervalNotifierPass.waiter, kernel.notifier.passWaiterOf(task));
}

/**
 * The pass can be carried out without having to wait: to be said once before each time that it is carried out. Anywhere, also
 * before the callback has returned that hands the pass out. The pass may be gone when this returns.
 */
export function* mmuIntervalPassReady(task: Task, pass: Pass): Run<void> {
  const waiter: Ptr<"pass_waiter"> = yield* readPtr(task, pass, MmuIntervalNotifierPass.waiter);
  let first: number;
  do {
    first = yield* readOnce(task, waiter, PassWaiter.ready);
    yield* write(task, pass, MmuIntervalNotifierPass.link, first);
  } while ((yield* cmpxchg(task, waiter, PassWaiter.ready, first, pass)) !== first);
  if (first === NULL) yield* futexWake(task, waiter, PassWaiter.ready); // else it was awake, or has been woken
}

/**
 * Take all passes of this task that are ready, the first to become so first; sleep until one is. NULL: not before `deadlineUs`.
 */
export function* takeReadyPasses(task: Task, waiter: Ptr<"pass_waiter">, deadlineUs: number): Run<Pass> {
  let latest = (yield* xchg(task, waiter, PassWaiter.ready, NULL)) as Pass;
  while (latest === NULL && task.nowUs() < deadlineUs) {
    yield* futexWait(task, waiter, PassWaiter.ready, NULL, deadlineUs);
    latest = (yield* xchg(task, waiter, PassWaiter.ready, NULL)) as Pass;
  }
  let first: Pass = NULL;
  while (latest !== NULL) {
    const next: Pass = yield* readPtr(task, latest, MmuIntervalNotifierPass.link);
    yield* write(task, latest, MmuIntervalNotifierPass.link, first);
    first = latest;
    latest = next;
  }
  return first;
}
