import { read, readAddr, readOnce, write, writeOnce } from "../../../machine/access.ts";
import { PAGE_SIZE } from "../../../machine/pte.ts";
import type { Run } from "../../../machine/step.ts";
import { embedded, type Ptr } from "../../../machine/struct.ts";
import { GpuVm } from "../../../device/gpu.ts";
import type { Current } from "../../../kernel/current.ts";
import { gpuPtZap } from "../../parts/gpu_page_table.ts";
import { tlbInvalIssueRange } from "../../parts/tlb_inval.ts";
import { hwOf, XeUserptrVma, type Xe } from "./xe.ts";

/** Taking a VMA out of the GPU's page table and TLB. The caller holds the notifier lock for writing. */

/** Zap, send the TLB invalidation and wait for it. */
export function* invalidateVma(current: Current, xe: Xe, vm: Ptr<"xe_vm">, vma: Ptr<"xe_userptr_vma">): Run<void> {
  const fence = xe.stackFences.of(current);
  if (!(yield* zapAndFlush(current, xe, vm, vma, fence))) return;
  yield* xe.variant.waitForFlush(current, xe, vm, fence);
}

/** Zap and send the TLB invalidation; {@link waitForBatch} is to wait for it. */
export function* submitInvalidation(current: Current, xe: Xe, vm: Ptr<"xe_vm">, vma: Ptr<"xe_userptr_vma">): Run<void> {
  const isSent = yield* zapAndFlush(current, xe, vm, vma, embedded(vma, XeUserptrVma.invalBatch));
  yield* write(current, vma, XeUserptrVma.invalBatchFences, isSent ? 1 : 0);
}

export function* waitForBatch(current: Current, xe: Xe, vm: Ptr<"xe_vm">, vma: Ptr<"xe_userptr_vma">): Run<void> {
  if ((yield* read(current, vma, XeUserptrVma.invalBatchFences)) === 0) return;
  yield* xe.variant.waitForFlush(current, xe, vm, embedded(vma, XeUserptrVma.invalBatch));
}

/** Send the invalidation of the VMA's range. */
export function* flushVma(
  current: Current,
  xe: Xe,
  vm: Ptr<"xe_vm">,
  vma: Ptr<"xe_userptr_vma">,
  fence: Ptr<"tlb_inval_fence">,
): Run<void> {
  const start = yield* readAddr(current, vma, XeUserptrVma.start);
  const pages = yield* read(current, vma, XeUserptrVma.pages);
  const asid = yield* read(current, hwOf(vm), GpuVm.asid);
  yield* tlbInvalIssueRange(current, xe.tlbInvalOf(current, vm), fence, asid, start, start + pages * PAGE_SIZE);
}

/**
 * True if there was something to flush; then `fence` tells when that is done. `tileInvalidated` does not wait for it (RULES 53):
 * who comes next finds nothing to zap, hence nothing to wait for (RULES 21).
 */
function* zapAndFlush(
  current: Current,
  xe: Xe,
  vm: Ptr<"xe_vm">,
  vma: Ptr<"xe_userptr_vma">,
  fence: Ptr<"tlb_inval_fence">,
): Run<boolean> {
  const needsFlush = yield* zapVma(current, xe, vm, vma);
  if (needsFlush) yield* flushVma(current, xe, vm, vma, fence);
  yield* writeOnce(current, vma, XeUserptrVma.tileInvalidated, 1);
  return needsFlush;
}

/** Acts only on what is present and was not zapped before: was there anything? */
export function* zapVma(current: Current, xe: Xe, vm: Ptr<"xe_vm">, vma: Ptr<"xe_userptr_vma">): Run<boolean> {
  if (!(yield* hasValidMapping(current, vma))) return false;
  const start = yield* readAddr(current, vma, XeUserptrVma.start);
  const pages = yield* read(current, vma, XeUserptrVma.pages);
  return yield* gpuPtZap(current, xe.gpuOf(current, vm), hwOf(vm), start, start + pages * PAGE_SIZE);
}

/** `xe_vm_has_valid_gpu_mapping`: also without a lock, then only a hint. */
export function* hasValidMapping(current: Current, vma: Ptr<"xe_userptr_vma">): Run<boolean> {
  const isPresent = (yield* readOnce(current, vma, XeUserptrVma.tilePresent)) !== 0;
  return isPresent && (yield* readOnce(current, vma, XeUserptrVma.tileInvalidated)) === 0;
}
