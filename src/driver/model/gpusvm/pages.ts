import { read, readOnce, readPtr, write, writeOnce } from "../../../machine/access.ts";
import type { Run } from "../../../machine/step.ts";
import { element, embedded, Word, type Ptr } from "../../../machine/struct.ts";
import { trace } from "../../../machine/tracepoint.ts";
import { PAGE_SIZE } from "../../../machine/pte.ts";
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
import { MmStruct } from "../../../kernel/mm/mm_struct.ts";
import { mmuIntervalReadBegin, mmuIntervalReadRetry } from "../../../kernel/mmu_notifier/read.ts";
import { FAULT_TIMEOUT_US, RETRY_BUSY, RETRY_SEQ } from "../../parts/fault_retry.ts";
import { driverEvents } from "../../tracepoints.ts";
import { GpusvmNotifier, GpusvmRange, GpusvmVm, hwOf, PAGES_HAS_DMA_MAPPING, PAGES_UNMAPPED, type Gpusvm } from "./gpusvm.ts";
import { extentOf } from "./range.ts";

/** The pages of a range: looked up, mapped for the device, and given up by the notifier (RULES 63). */

/** What was looked up was invalidated meanwhile. */
const STALE = 1;

/**
 * `drm_gpusvm_get_pages`: have all pages of the range valid, writable. The caller holds `vm->lock` for writing. 0; -EFAULT,
 * -EPERM: some page is not there for us; -ENOMEM; -EBUSY: invalidations kept coming in between.
 */
export function* getPages(
  current: Current,
  gpusvm: Gpusvm,
  vm: Ptr<"gpusvm_vm">,
  mm: Ptr<"mm_struct">,
  range: Ptr<"gpusvm_range">,
): Run<number> {
  const timeoutUs = current.nowUs() + FAULT_TIMEOUT_US;
  let result = EBUSY;
  while (result === EBUSY && current.nowUs() <= timeoutUs) {
    result = yield* tryGetPages(current, gpusvm, vm, mm, range);
  }
  return result;
}

/** -EBUSY: start over. */
function* tryGetPages(
  current: Current,
  gpusvm: Gpusvm,
  vm: Ptr<"gpusvm_vm">,
  mm: Ptr<"mm_struct">,
  range: Ptr<"gpusvm_range">,
): Run<number> {
  const notifier = embedded(
    yield* readPtr<"gpusvm_range", "gpusvm_notifier">(current, range, GpusvmRange.notifier),
    GpusvmNotifier.notifier,
  );
  const notifierSeq = yield* mmuIntervalReadBegin(current, notifier);
  if (yield* areValidSince(current, vm, range, notifierSeq)) return 0;
  const { start, end } = yield* extentOf(current, range);
  const looked: HmmRange = {
    notifier,
    notifierSeq,
    start,
    end,
    pfns: new Int32Array((end - start) / PAGE_SIZE),
    defaultFlags: HMM_PFN_REQ_FAULT | HMM_PFN_REQ_WRITE,
    pfnFlagsMask: 0,
    devPrivateOwner: 0,
  };
  yield* downRead(current, embedded(mm, MmStruct.mmapLock));
  let result = yield* hmmRangeFault(current, looked);
  yield* upRead(current, embedded(mm, MmStruct.mmapLock));
  if (result === 0) result = yield* mapPages(current, vm, range, looked);
  if (result !== EBUSY && result !== STALE) return result;
  trace(current, driverEvents.faultRetry, gpusvm.gpuOf(current, vm).index, start, result === STALE ? RETRY_SEQ : RETRY_BUSY);
  return EBUSY;
}

/** The fast path: valid are the pages that the flags call so, and then they are as of now. */
function* areValidSince(current: Current, vm: Ptr<"gpusvm_vm">, range: Ptr<"gpusvm_range">, notifierSeq: number): Run<boolean> {
  yield* downRead(current, embedded(vm, GpusvmVm.notifierLock));
  const areValid = yield* arePagesValid(current, range);
  if (areValid) yield* write(current, range, GpusvmRange.notifierSeq, notifierSeq);
  yield* upRead(current, embedded(vm, GpusvmVm.notifierLock));
  return areValid;
}

/** `drm_gpusvm_pages_valid`: certain only under the notifier lock. */
export function* arePagesValid(current: Current, range: Ptr<"gpusvm_range">): Run<boolean> {
  return ((yield* readOnce(current, range, GpusvmRange.flags)) & PAGES_HAS_DMA_MAPPING) !== 0;
}

/** Map for the device what was looked up: 0; -EFAULT: the process has unmapped it; or STALE. */
function* mapPages(current: Current, vm: Ptr<"gpusvm_vm">, range: Ptr<"gpusvm_range">, looked: HmmRange): Run<number> {
  yield* downRead(current, embedded(vm, GpusvmVm.notifierLock));
  const result = yield* checkBeforeMapping(current, range, looked);
  if (result === 0) {
    for (const [index, entry] of looked.pfns.entries()) yield* write(current, dmaPfn(range, index), Word.value, hmmPfn(entry));
    yield* write(current, range, GpusvmRange.notifierSeq, looked.notifierSeq);
    yield* writeOnce(current, range, GpusvmRange.flags, PAGES_HAS_DMA_MAPPING);
  }
  yield* upRead(current, embedded(vm, GpusvmVm.notifierLock));
  return result;
}

function* checkBeforeMapping(current: Current, range: Ptr<"gpusvm_range">, { notifier, notifierSeq }: HmmRange): Run<number> {
  if (((yield* readOnce(current, range, GpusvmRange.flags)) & PAGES_UNMAPPED) !== 0) return EFAULT;
  return (yield* mmuIntervalReadRetry(current, notifier, notifierSeq)) ? STALE : 0;
}

/** `drm_gpusvm_range_unmap_pages`: the device gives the pages back. The caller holds the notifier lock for writing. */
export function* unmapPages(current: Current, gpusvm: Gpusvm, vm: Ptr<"gpusvm_vm">, range: Ptr<"gpusvm_range">): Run<void> {
  const flags = yield* readOnce(current, range, GpusvmRange.flags);
  if ((flags & PAGES_HAS_DMA_MAPPING) === 0) return;
  const { start, end } = yield* extentOf(current, range);
  const gpu = gpusvm.gpuOf(current, vm);
  for (let index = 0; start + index * PAGE_SIZE < end; index++) {
    const pfn = yield* read(current, dmaPfn(range, index), Word.value);
    trace(current, driverEvents.dmaUnmap, gpu.index, start + index * PAGE_SIZE, pfn, hwOf(vm));
  }
  yield* writeOnce(current, range, GpusvmRange.flags, flags & ~PAGES_HAS_DMA_MAPPING);
}

/** Where the frame of page `index` is kept: its DMA address, since devices here see physical memory as it is. */
export function dmaPfn(range: Ptr<"gpusvm_range">, index: number): Ptr<"word"> {
  return element(range, GpusvmRange.dmaPfns, Word, index);
}
