import { read, readPtr, write } from "../../../machine/access.ts";
import type { Run } from "../../../machine/step.ts";
import { containerOf, embedded, NULL, type Ptr } from "../../../machine/struct.ts";
import { trace } from "../../../machine/tracepoint.ts";
import type { Current } from "../../../kernel/current.ts";
import { downWrite, upWrite } from "../../../kernel/locking/rwsem.ts";
import { mmuIntervalSetSeq } from "../../../kernel/mmu_notifier/interval.ts";
import type { FinishSlot, MmuIntervalNotifierOps, MmuNotifierRange } from "../../../kernel/mmu_notifier/types.ts";
import { driverEvents } from "../../tracepoints.ts";
import { markInvalidated } from "./invalidated_list.ts";
import { enableSwSignaling, waitForFences } from "./preempt_fence.ts";
import { unmapPages } from "./pages.ts";
import { invalidateVma, submitInvalidation, waitForBatch } from "./vma_invalidation.ts";
import { vmaOf, XeUserptrVma, XeVm, type Xe } from "./xe.ts";

/**
 * The two-pass notifier of xe's userptrs, as merged in Linux 7.1 (RULES 46 to 55). It is a model of what is, not of what
 * should be: see RULES 21, 51 and 70 for where an oracle may object.
 */
export function userptrOps(xe: Xe): MmuIntervalNotifierOps {
  return {
    invalidateStart: (current, notifier, range, curSeq, slot) => invalidateStart(current, xe, notifier, range, curSeq, slot),
    invalidateFinish: (current, finish) => invalidateFinish(current, xe, containerOf(finish, XeUserptrVma.finish)),
  };
}

function* invalidateStart(
  current: Current,
  xe: Xe,
  notifier: Ptr<"mmu_interval_notifier">,
  range: MmuNotifierRange,
  curSeq: number,
  slot: FinishSlot,
): Run<boolean> {
  if (!range.blockable) return false; // before anything is touched, also the sequence number (RULES 47)
  const vma = vmaOf(notifier);
  const vm: Ptr<"xe_vm"> = yield* readPtr(current, vma, XeUserptrVma.vm);
  yield* downWrite(current, embedded(vm, XeVm.notifierLock));
  yield* mmuIntervalSetSeq(current, notifier, curSeq);
  slot.finish = yield* startPass(current, xe, vm, vma);
  yield* upWrite(current, embedded(vm, XeVm.notifierLock));
  return true;
}

/** What is left for the finish pass, or NULL (RULES 48, 49). */
function* startPass(
  current: Current,
  xe: Xe,
  vm: Ptr<"xe_vm">,
  vma: Ptr<"xe_userptr_vma">,
): Run<Ptr<"mmu_interval_notifier_finish">> {
  const isDestroyed = (yield* read(current, vma, XeUserptrVma.destroyed)) !== 0;
  if (xe.mode === "preempt-fence" && !isDestroyed) yield* markInvalidated(current, vm, vma);
  const isIdle = yield* enableSwSignaling(current, xe, vm);
  const isFinishFree = (yield* read(current, vma, XeUserptrVma.finishInuse)) === 0;
  if (isFinishFree && !isIdle) {
    // F1: the contexts of several GPUs are preempted at the same time
    yield* write(current, vma, XeUserptrVma.finishInuse, 1);
    return embedded(vma, XeUserptrVma.finish);
  }
  if (isFinishFree && (yield* needsZap(current, xe, vma))) {
    // F2: the TLBs of several GPUs are flushed at the same time
    yield* waitForFences(current, xe, vm); // under the lock, but all are signaled (RULES 51)
    yield* write(current, vma, XeUserptrVma.finishInuse, 1);
    yield* write(current, vma, XeUserptrVma.tlbInvalSubmitted, 1);
    yield* submitInvalidation(current, xe, vm, vma);
    return embedded(vma, XeUserptrVma.finish);
  }
  if (!isFinishFree) {
    trace(current, driverEvents.finishFallback, xe.gpuOf(current, vm).index, embedded(vma, XeUserptrVma.notifier));
    yield* xe.variant.whenFinishInUse(current, xe, vm, vma);
  }
  yield* invalidateNow(current, xe, vm, vma); // F3, or nothing but pages to unmap
  return NULL;
}

function* invalidateFinish(current: Current, xe: Xe, vma: Ptr<"xe_userptr_vma">): Run<void> {
  const vm: Ptr<"xe_vm"> = yield* readPtr(current, vma, XeUserptrVma.vm);
  yield* downWrite(current, embedded(vm, XeVm.notifierLock));
  if ((yield* read(current, vma, XeUserptrVma.tlbInvalSubmitted)) !== 0) {
    yield* waitForBatch(current, xe, vm, vma);
    yield* write(current, vma, XeUserptrVma.tlbInvalSubmitted, 0);
    yield* write(current, vma, XeUserptrVma.finishInuse, 0);
    yield* unmapPages(current, xe, vm, vma);
  } else {
    yield* invalidateNow(current, xe, vm, vma);
    yield* write(current, vma, XeUserptrVma.finishInuse, 0);
  }
  yield* upWrite(current, embedded(vm, XeVm.notifierLock));
}

/** Everything at once: wait for the fences, however long (RULES 51), flush if this mode does, unmap. */
function* invalidateNow(current: Current, xe: Xe, vm: Ptr<"xe_vm">, vma: Ptr<"xe_userptr_vma">): Run<void> {
  yield* waitForFences(current, xe, vm);
  if (yield* needsZap(current, xe, vma)) yield* invalidateVma(current, xe, vm, vma);
  yield* unmapPages(current, xe, vm, vma);
}

/** Without faults nothing is zapped: the contexts stand still until the rebind worker has bound everything anew. */
function* needsZap(current: Current, xe: Xe, vma: Ptr<"xe_userptr_vma">): Run<boolean> {
  return xe.mode === "fault" && (yield* read(current, vma, XeUserptrVma.initialBind)) !== 0;
}
