import { read, readAddr, readPtr, write } from "../../../machine/access.ts";
import { PAGE_SIZE } from "../../../machine/pte.ts";
import type { Run } from "../../../machine/step.ts";
import { element, embedded, Word, type Ptr } from "../../../machine/struct.ts";
import { trace } from "../../../machine/tracepoint.ts";
import type { Current } from "../../../kernel/current.ts";
import { EBUSY, EFAULT } from "../../../kernel/errno.ts";
import {
  HMM_PFN_REQ_FAULT,
  HMM_PFN_REQ_WRITE,
  hmmPfn,
  hmmRangeFault,
  type HmmRange,
} from "../../../kernel/hmm/hmm_range_fault.ts";
import { downRead, upRead } from "../../../kernel/locking/rwsem.ts";
import { mmgetNotZero, mmput } from "../../../kernel/mm/mm_count.ts";
import { MmStruct } from "../../../kernel/mm/mm_struct.ts";
import { mmuIntervalReadBegin, mmuIntervalReadRetry } from "../../../kernel/mmu_notifier/read.ts";
import { FAULT_TIMEOUT_US, RETRY_BUSY, RETRY_SEQ } from "../../parts/fault_retry.ts";
import { driverEvents } from "../../tracepoints.ts";
import { hwOf, XeUserptrVma, XeVm, type Xe } from "./xe.ts";

/**
 * The pages of a userptr: not pinned, only looked up and mapped for the device, and given up by the notifier
 * (`drm_gpusvm_get_pages` and `drm_gpusvm_unmap_pages`, RULES 56, 63).
 */

/**
 * Look up all pages of a VMA, writable, and map them for the device. The caller holds `vm->lock` for writing. 0; -EFAULT, -EPERM:
 * some page is not there for us, or the process is exiting; -EBUSY: invalidations kept coming in between.
 */
export function* getPages(current: Current, xe: Xe, vm: Ptr<"xe_vm">, vma: Ptr<"xe_userptr_vma">): Run<number> {
  const mm: Ptr<"mm_struct"> = yield* readPtr(current, vm, XeVm.mm);
  if (!(yield* mmgetNotZero(current, mm))) return EFAULT;
  const timeoutUs = current.nowUs() + FAULT_TIMEOUT_US;
  let result = EBUSY;
  while (result === EBUSY && current.nowUs() <= timeoutUs) result = yield* tryGetPages(current, xe, vm, vma, mm);
  yield* mmput(current, mm);
  return result;
}

/** -EBUSY: start over. */
function* tryGetPages(current: Current, xe: Xe, vm: Ptr<"xe_vm">, vma: Ptr<"xe_userptr_vma">, mm: Ptr<"mm_struct">): Run<number> {
  const notifier = embedded(vma, XeUserptrVma.notifier);
  // Sleeps while an invalidation of the VMA lies between its first pass and its end (RULES 56).
  const seq = yield* mmuIntervalReadBegin(current, notifier);
  if (yield* arePagesValid(current, vm, vma, seq)) return 0;
  const start = yield* readAddr(current, vma, XeUserptrVma.start);
  const pages = yield* read(current, vma, XeUserptrVma.pages);
  const range: HmmRange = {
    notifier,
    notifierSeq: seq,
    start,
    end: start + pages * PAGE_SIZE,
    pfns: new Int32Array(pages),
    defaultFlags: HMM_PFN_REQ_FAULT | HMM_PFN_REQ_WRITE,
    pfnFlagsMask: 0,
    devPrivateOwner: 0,
  };
  yield* downRead(current, embedded(mm, MmStruct.mmapLock));
  const result = yield* hmmRangeFault(current, range);
  yield* upRead(current, embedded(mm, MmStruct.mmapLock));
  if (result === 0 && (yield* mapPages(current, vm, vma, range))) return 0;
  if (result !== 0 && result !== EBUSY) return result;
  trace(current, driverEvents.faultRetry, xe.gpuOf(current, vm).index, start, result === 0 ? RETRY_SEQ : RETRY_BUSY);
  return EBUSY;
}

function* arePagesValid(current: Current, vm: Ptr<"xe_vm">, vma: Ptr<"xe_userptr_vma">, seq: number): Run<boolean> {
  yield* downRead(current, embedded(vm, XeVm.notifierLock));
  const areValid =
    (yield* read(current, vma, XeUserptrVma.hasDmaMapping)) !== 0 &&
    (yield* read(current, vma, XeUserptrVma.notifierSeq)) === seq;
  yield* upRead(current, embedded(vm, XeVm.notifierLock));
  return areValid;
}

/** Map for the device what was looked up, unless it was invalidated meanwhile: then false. */
function* mapPages(current: Current, vm: Ptr<"xe_vm">, vma: Ptr<"xe_userptr_vma">, range: HmmRange): Run<boolean> {
  yield* downRead(current, embedded(vm, XeVm.notifierLock));
  const isStale = yield* mmuIntervalReadRetry(current, range.notifier, range.notifierSeq);
  if (!isStale) {
    for (const [index, entry] of range.pfns.entries()) {
      yield* write(current, dmaPfn(vma, index), Word.value, hmmPfn(entry));
    }
    yield* write(current, vma, XeUserptrVma.notifierSeq, range.notifierSeq);
    yield* write(current, vma, XeUserptrVma.hasDmaMapping, 1);
  }
  yield* upRead(current, embedded(vm, XeVm.notifierLock));
  return !isStale;
}

/** Take the device's mappings of the pages back. The caller holds the notifier lock for writing. */
export function* unmapPages(current: Current, xe: Xe, vm: Ptr<"xe_vm">, vma: Ptr<"xe_userptr_vma">): Run<void> {
  if ((yield* read(current, vma, XeUserptrVma.hasDmaMapping)) === 0) return;
  const gpu = xe.gpuOf(current, vm);
  const start = yield* readAddr(current, vma, XeUserptrVma.start);
  const pages = yield* read(current, vma, XeUserptrVma.pages);
  for (let index = 0; index < pages; index++) {
    const pfn = yield* read(current, dmaPfn(vma, index), Word.value);
    trace(current, driverEvents.dmaUnmap, gpu.index, start + index * PAGE_SIZE, pfn, hwOf(vm));
  }
  yield* write(current, vma, XeUserptrVma.hasDmaMapping, 0);
}

/** Where the frame of page `index` is kept: its DMA address, since devices here see physical memory as it is. */
export function dmaPfn(vma: Ptr<"xe_userptr_vma">, index: number): Ptr<"word"> {
  return element(vma, XeUserptrVma.dmaPfns, Word, index);
}
