import { readPtr } from "../../../machine/access.ts";
import { ACCESS_READ } from "../../../machine/access_kind.ts";
import { mkPte, pageAlignDown, PAGE_SIZE, PTE_PRESENT, PTE_WRITE } from "../../../machine/pte.ts";
import type { Run } from "../../../machine/step.ts";
import { embedded, NULL, type Ptr } from "../../../machine/struct.ts";
import { trace } from "../../../machine/tracepoint.ts";
import type { Current } from "../../../kernel/current.ts";
import { EBUSY, EFAULT } from "../../../kernel/errno.ts";
import {
  HMM_PFN_REQ_FAULT,
  HMM_PFN_REQ_WRITE,
  HMM_PFN_VALID,
  hmmPfn,
  hmmRangeFault,
  type HmmRange,
} from "../../../kernel/hmm/hmm_range_fault.ts";
import { mutexLock, mutexUnlock } from "../../../kernel/locking/mutex.ts";
import { downRead, upRead } from "../../../kernel/locking/rwsem.ts";
import { mmgetNotZero, mmput } from "../../../kernel/mm/mm_count.ts";
import { MmStruct } from "../../../kernel/mm/mm_struct.ts";
import { mmuIntervalReadBegin, mmuIntervalReadRetry } from "../../../kernel/mmu_notifier/read.ts";
import type { GpuFault } from "../../driver.ts";
import { FAULT_TIMEOUT_US, RETRY_BUSY, RETRY_SEQ } from "../../parts/fault_retry.ts";
import { gpuPtCommit, gpuPtPermits, gpuPtPopulate } from "../../parts/gpu_page_table.ts";
import { driverEvents } from "../../tracepoints.ts";
import { chunkOf, findOrInsertChunk } from "./chunk.ts";
import { hwOf, SvmChunk, SvmVm, vmOf, watcherOf, type Svm } from "./svm.ts";

/** Pages that one fault looks at, aligned: neighbours that are there anyway are mirrored with the page that faulted. */
const FAULT_AROUND_PAGES = 16;
const FAULT_AROUND_SIZE = FAULT_AROUND_PAGES * PAGE_SIZE;

/**
 * Make the faulting page accessible, and those neighbours readable that are there: 0, -EFAULT, -EPERM, -ENOMEM, or -EBUSY if
 * invalidations kept coming in between.
 */
export function* handleSvmFault(current: Current, svm: Svm, ops: number, fault: GpuFault): Run<number> {
  const vm = vmOf(fault.vm);
  const mm: Ptr<"mm_struct"> = yield* readPtr(current, vm, SvmVm.mm);
  if (!(yield* mmgetNotZero(current, mm))) return EFAULT; // the process is exiting
  const result = yield* mirrorPage(current, svm, ops, vm, mm, pageAlignDown(fault.va), fault.kind !== ACCESS_READ);
  yield* mmput(current, mm);
  return result;
}

function* mirrorPage(
  current: Current,
  svm: Svm,
  ops: number,
  vm: Ptr<"svm_vm">,
  mm: Ptr<"mm_struct">,
  va: number,
  isWrite: boolean,
): Run<number> {
  const gpu = svm.gpuOf(current, vm);
  const chunk = yield* findOrInsertChunk(current, svm, watcherOf(current, vm), ops, va);
  if (chunk === NULL) return EFAULT;
  const failed = yield* gpuPtPopulate(current, gpu, hwOf(vm), va);
  if (failed !== 0) return failed;
  const notifier = embedded(chunk, SvmChunk.notifier);
  const timeoutUs = current.nowUs() + FAULT_TIMEOUT_US;
  while (current.nowUs() <= timeoutUs) {
    const seq = yield* mmuIntervalReadBegin(current, notifier);
    const range = windowAround(notifier, seq, va);
    yield* downRead(current, embedded(mm, MmStruct.mmapLock));
    let result = yield* hmmRangeFault(current, pageAt(notifier, seq, va, isWrite));
    if (result === 0) result = yield* hmmRangeFault(current, range);
    yield* upRead(current, embedded(mm, MmStruct.mmapLock));
    if (result === 0 && (yield* commit(current, svm, vm, va, range, isWrite))) return 0;
    if (result !== 0 && result !== EBUSY) return result;
    trace(current, driverEvents.faultRetry, gpu.index, va, result === 0 ? RETRY_SEQ : RETRY_BUSY);
  }
  return EBUSY;
}

/** The page itself, which is asked for. Alone: what hmm_range_fault has to fault in, it faults in to the end of its range. */
function pageAt(notifier: Ptr<"mmu_interval_notifier">, notifierSeq: number, va: number, isWrite: boolean): HmmRange {
  return {
    notifier,
    notifierSeq,
    start: va,
    end: va + PAGE_SIZE,
    pfns: new Int32Array(1),
    defaultFlags: isWrite ? HMM_PFN_REQ_FAULT | HMM_PFN_REQ_WRITE : HMM_PFN_REQ_FAULT,
    pfnFlagsMask: 0,
    devPrivateOwner: 0,
  };
}

/** The window around `va`, of which nothing is asked. */
function windowAround(notifier: Ptr<"mmu_interval_notifier">, notifierSeq: number, va: number): HmmRange {
  const start = va - (va % FAULT_AROUND_SIZE);
  return {
    notifier,
    notifierSeq,
    start,
    end: start + FAULT_AROUND_SIZE,
    pfns: new Int32Array(FAULT_AROUND_PAGES),
    defaultFlags: 0,
    pfnFlagsMask: 0,
    devPrivateOwner: 0,
  };
}

/** Write what was read into the GPU's page table, unless it was invalidated meanwhile: then false (RULES 9). */
function* commit(current: Current, svm: Svm, vm: Ptr<"svm_vm">, va: number, range: HmmRange, isWrite: boolean): Run<boolean> {
  const gpu = svm.gpuOf(current, vm);
  const lock = svm.userLockOf(current, chunkOf(range.notifier));
  yield* mutexLock(current, lock);
  const isStale = yield* mmuIntervalReadRetry(current, range.notifier, range.notifierSeq);
  for (let i = 0; !isStale && i < FAULT_AROUND_PAGES; i++) {
    if ((range.pfns[i] & HMM_PFN_VALID) === 0) continue;
    const page = range.start + i * PAGE_SIZE;
    // Write permission only if it was asked for: the CPU's entry is dirty then, which is how reclaim learns of the write.
    const flags = isWrite && page === va ? PTE_PRESENT | PTE_WRITE : PTE_PRESENT;
    if (yield* gpuPtPermits(current, gpu, hwOf(vm), page, flags)) continue;
    yield* gpuPtCommit(current, gpu, hwOf(vm), page, mkPte(hmmPfn(range.pfns[i]), flags), range.notifier, range.notifierSeq);
  }
  yield* mutexUnlock(current, lock);
  return !isStale;
}
