import { read, write } from "../../../machine/access.ts";
import type { Run } from "../../../machine/step.ts";
import { embedded, type Ptr } from "../../../machine/struct.ts";
import type { Task } from "../../../machine/task.ts";
import { spinLock, spinUnlock } from "../../../kernel/locking/spinlock.ts";
import { XeUserptrVma, XeVm } from "./xe.ts";

/**
 * `vm->userptr.invalidated`: the VMAs that have to be pinned again before the contexts may go on. Notifiers put VMAs on
 * it, the rebind worker takes them off. Its order means nothing, so a flag in each VMA and their number do.
 */

export function* markInvalidated(task: Task, vm: Ptr<"xe_vm">, vma: Ptr<"xe_userptr_vma">): Run<void> {
  yield* setInvalidated(task, vm, vma, 1);
}

/** True if the VMA was on the list. */
export function* takeInvalidated(task: Task, vm: Ptr<"xe_vm">, vma: Ptr<"xe_userptr_vma">): Run<boolean> {
  return yield* setInvalidated(task, vm, vma, 0);
}

export function* hasInvalidated(task: Task, vm: Ptr<"xe_vm">): Run<boolean> {
  yield* spinLock(task, embedded(vm, XeVm.invalidatedLock));
  const count = yield* read(task, vm, XeVm.invalidatedCount);
  yield* spinUnlock(task, embedded(vm, XeVm.invalidatedLock));
  return count > 0;
}

/** True if that changed anything. */
function* setInvalidated(task: Task, vm: Ptr<"xe_vm">, vma: Ptr<"xe_userptr_vma">, value: number): Run<boolean> {
  yield* spinLock(task, embedded(vm, XeVm.invalidatedLock));
  const change = value - (yield* read(task, vma, XeUserptrVma.invalidated));
  if (change !== 0) {
    yield* write(task, vma, XeUserptrVma.invalidated, value);
    yield* write(task, vm, XeVm.invalidatedCount, (yield* read(task, vm, XeVm.invalidatedCount)) + change);
  }
  yield* spinUnlock(task, embedded(vm, XeVm.invalidatedLock));
  return change !== 0;
}
