import { read, readOnce, readPtr, write, writeOnce } from "../../../machine/access.ts";
import type { Run } from "../../../machine/step.ts";
import { embedded, NULL, type Ptr } from "../../../machine/struct.ts";
import type { Current } from "../../../kernel/current.ts";
import { EFAULT, EPERM } from "../../../kernel/errno.ts";
import { downRead, downWrite, upRead, upWrite } from "../../../kernel/locking/rwsem.ts";
import { flushAll } from "../../parts/flush_all.ts";
import { bindVma } from "./bind.ts";
import { hasInvalidated, markInvalidated, takeInvalidated } from "./invalidated_list.ts";
import { getPages } from "./pages.ts";
import { armFences, enableSwSignaling, isPreemptionRequested, resumeAll, waitForFences } from "./preempt_fence.ts";
import { invalidateVma } from "./vma_invalidation.ts";
import { XeUserptrVma, XeVm, type Xe } from "./xe.ts";

/**
 * `preempt_rebind_work_func`: after a preemption, pin again what was invalidated, bind it, and let the contexts go on, unless
 * something was invalidated meanwhile. One round; false if there was nothing to do.
 */
export function* rebindWork(current: Current, xe: Xe, vm: Ptr<"xe_vm">): Run<boolean> {
  if ((yield* readOnce(current, vm, XeVm.rebindQueued)) === 0) return false;
  yield* downWrite(current, embedded(vm, XeVm.lock));
  yield* writeOnce(current, vm, XeVm.rebindQueued, 0);
  if ((yield* isPreemptionRequested(current, xe, vm)) && !(yield* tryToResume(current, xe, vm))) {
    yield* writeOnce(current, vm, XeVm.rebindQueued, 1); // -EAGAIN: another round
  }
  yield* upWrite(current, embedded(vm, XeVm.lock));
  return true;
}

function* tryToResume(current: Current, xe: Xe, vm: Ptr<"xe_vm">): Run<boolean> {
  if (!(yield* repin(current, xe, vm)) || !(yield* rebind(current, xe, vm))) return false;
  // What the hardware does by itself when it switches to a context: the TLB holds nothing from before the preemption.
  yield* flushAll(current, xe, vm);
  return yield* xe.variant.submit(current, xe, vm, () => resume(current, xe, vm));
}

/** Pin every VMA on the invalidated list; false: has to be tried again. */
function* repin(current: Current, xe: Xe, vm: Ptr<"xe_vm">): Run<boolean> {
  let isDone = true;
  let vma: Ptr<"xe_userptr_vma"> = yield* readPtr(current, vm, XeVm.vmas);
  for (; vma !== NULL; vma = yield* readPtr(current, vma, XeUserptrVma.nextInVm)) {
    if (!(yield* takeInvalidated(current, vm, vma))) continue;
    const result = yield* getPages(current, xe, vm, vma);
    if (result === 0) {
      yield* write(current, vma, XeUserptrVma.needsRebind, 1);
    } else if (result === EFAULT || result === EPERM) {
      yield* dropVma(current, xe, vm, vma);
    } else {
      yield* markInvalidated(current, vm, vma);
      isDone = false;
    }
  }
  return isDone;
}

/** The process took the memory away: unmap it from the GPU, and do not rebind before the next invalidation. */
function* dropVma(current: Current, xe: Xe, vm: Ptr<"xe_vm">, vma: Ptr<"xe_userptr_vma">): Run<void> {
  yield* write(current, vma, XeUserptrVma.needsRebind, 0);
  yield* waitForFences(current, xe, vm);
  yield* downRead(current, embedded(vm, XeVm.notifierLock));
  yield* invalidateVma(current, xe, vm, vma);
  yield* upRead(current, embedded(vm, XeVm.notifierLock));
}

/** Bind what was pinned, once all contexts stand still; false: out of memory, or pages changed meanwhile. */
function* rebind(current: Current, xe: Xe, vm: Ptr<"xe_vm">): Run<boolean> {
  yield* enableSwSignaling(current, xe, vm);
  yield* waitForFences(current, xe, vm);
  let vma: Ptr<"xe_userptr_vma"> = yield* readPtr(current, vm, XeVm.vmas);
  for (; vma !== NULL; vma = yield* readPtr(current, vma, XeUserptrVma.nextInVm)) {
    if ((yield* read(current, vma, XeUserptrVma.needsRebind)) === 0) continue;
    if ((yield* bindVma(current, xe, vm, vma)) !== 0) return false;
    yield* write(current, vma, XeUserptrVma.needsRebind, 0);
  }
  return true;
}

/** Point of no return, under the notifier lock: false if something is on the invalidated list again. */
function* resume(current: Current, xe: Xe, vm: Ptr<"xe_vm">): Run<boolean> {
  yield* downRead(current, embedded(vm, XeVm.notifierLock));
  const isDone = !(yield* hasInvalidated(current, vm));
  if (isDone) {
    yield* armFences(current, xe, vm);
    yield* resumeAll(current, xe.gpuOf(current, vm));
  }
  yield* upRead(current, embedded(vm, XeVm.notifierLock));
  return isDone;
}
