import { read, readPtr, writeOnce } from "../../../machine/access.ts";
import type { Run } from "../../../machine/step.ts";
import { embedded, type Ptr } from "../../../machine/struct.ts";
import type { Current } from "../../../kernel/current.ts";
import { downWrite, upWrite } from "../../../kernel/locking/rwsem.ts";
import { mmuIntervalSetSeq } from "../../../kernel/mmu_notifier/interval.ts";
import type { MmuIntervalNotifierOps, MmuNotifierRange } from "../../../kernel/mmu_notifier/types.ts";
import { markInvalidated } from "./invalidated_list.ts";
import { unmapPages } from "./pages.ts";
import { enableSwSignaling, waitForFences } from "./preempt_fence.ts";
import { flushVma, zapVma } from "./vma_invalidation.ts";
import { vmaOf, XeUserptrVma, XeVm, type Xe } from "./xe.ts";

/**
 * The notifier of xe's userptrs as it was in Linux 6.18, before two passes (RULES 46 to 48, 51 to 53). All of it is one section
 * under the notifier lock: who gets the lock next finds nothing under way (RULES 21), and waits for all of it (RULES 23).
 */
export function userptrOps618(xe: Xe): MmuIntervalNotifierOps {
  return { invalidate: (current, notifier, range, curSeq) => invalidate(current, xe, notifier, range, curSeq) };
}

function* invalidate(
  current: Current,
  xe: Xe,
  notifier: Ptr<"mmu_interval_notifier">,
  range: MmuNotifierRange,
  curSeq: number,
): Run<boolean> {
  if (!range.blockable) return false; // before anything is touched, also the sequence number (RULES 47)
  const vma = vmaOf(notifier);
  const vm: Ptr<"xe_vm"> = yield* readPtr(current, vma, XeUserptrVma.vm);
  yield* downWrite(current, embedded(vm, XeVm.notifierLock));
  yield* mmuIntervalSetSeq(current, notifier, curSeq);
  const isDestroyed = (yield* read(current, vma, XeUserptrVma.destroyed)) !== 0;
  if (xe.mode === "preempt-fence" && !isDestroyed) yield* markInvalidated(current, vm, vma);
  yield* enableSwSignaling(current, xe, vm); // all are asked for before any is waited for (RULES 48)
  yield* waitForFences(current, xe, vm); // under the lock, however long (RULES 51)
  const isBound = (yield* read(current, vma, XeUserptrVma.initialBind)) !== 0;
  if (xe.mode === "fault" && isBound) yield* zapAndWait(current, xe, vm, vma);
  yield* unmapPages(current, xe, vm, vma);
  yield* upWrite(current, embedded(vm, XeVm.notifierLock));
  return true;
}

/** `tileInvalidated` says that the TLB is flushed, not that it is going to be (RULES 53). */
function* zapAndWait(current: Current, xe: Xe, vm: Ptr<"xe_vm">, vma: Ptr<"xe_userptr_vma">): Run<void> {
  if (yield* zapVma(current, xe, vm, vma)) {
    const fence = xe.stackFences.of(current);
    yield* flushVma(current, xe, vm, vma, fence);
    yield* xe.variant.waitForFlush(current, xe, vm, fence);
  }
  yield* writeOnce(current, vma, XeUserptrVma.tileInvalidated, 1);
}
