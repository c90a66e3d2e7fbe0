import { readPtr, write } from "../../../machine/access.ts";
import { ACCESS_READ } from "../../../machine/access_kind.ts";
import { mkPte, pageAlignDown, PAGE_SIZE, PTE_PRESENT, PTE_WRITE } from "../../../machine/pte.ts";
import type { Run } from "../../../machine/step.ts";
import { embedded, type Ptr } from "../../../machine/struct.ts";
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
import { mutexLock, mutexUnlock } from "../../../kernel/locking/mutex.ts";
import { downRead, upRead } from "../../../kernel/locking/rwsem.ts";
import { mmgetNotZero, mmput } from "../../../kernel/mm/mm_count.ts";
import { MmStruct } from "../../../kernel/mm/mm_struct.ts";
import { mmuIntervalNotifierInsert, mmuIntervalNotifierRemove } from "../../../kernel/mmu_notifier/interval.ts";
import { mmuIntervalReadBegin, mmuIntervalReadRetry } from "../../../kernel/mmu_notifier/read.ts";
import type { GpuFault } from "../../driver.ts";
import { FAULT_TIMEOUT_US, RETRY_BUSY, RETRY_SEQ } from "../../parts/fault_retry.ts";
import { gpuPtCommit, gpuPtPopulate } from "../../parts/gpu_page_table.ts";
import { driverEvents } from "../../tracepoints.ts";
import { hwOf, NouveauFault, NouveauSvmm, svmmOf, type Nouveau } from "./nouveau.ts";

/** What is mapped, for whom. */
interface PageFault {
  readonly svmm: Ptr<"nouveau_svmm">;
  readonly mm: Ptr<"mm_struct">;
  readonly va: number;
  readonly isWrite: boolean;
}

/** Map the page that faulted: 0, -EFAULT, -EPERM, -ENOMEM, or -EBUSY if invalidations kept coming in between. */
export function* handleNouveauFault(
  current: Current,
  nouveau: Nouveau,
  ops: number,
  { gpu, vm, va, kind }: GpuFault,
): Run<number> {
  const svmm = svmmOf(vm);
  const mm: Ptr<"mm_struct"> = yield* readPtr(current, svmm, NouveauSvmm.mm);
  if (!(yield* mmgetNotZero(current, mm))) return EFAULT; // the process is exiting
  const fault = { svmm, mm, va: pageAlignDown(va), isWrite: kind !== ACCESS_READ };
  let result = yield* gpuPtPopulate(current, gpu, hwOf(svmm), fault.va);
  if (result === 0) result = yield* mapUnderNotifier(current, nouveau, ops, fault);
  yield* mmput(current, mm);
  return result;
}

/**
 * The notifier is there from before the first look to after the commit. Its removal waits for invalidations: under no lock (RULES
 * 38).
 */
function* mapUnderNotifier(current: Current, nouveau: Nouveau, ops: number, fault: PageFault): Run<number> {
  const stack = nouveau.faultOf(current);
  const notifier = embedded(stack, NouveauFault.notifier);
  yield* write(current, stack, NouveauFault.svmm, fault.svmm);
  if ((yield* mmuIntervalNotifierInsert(current, notifier, fault.mm, BigInt(fault.va), BigInt(PAGE_SIZE), ops)) !== 0)
    return EFAULT;
  const timeoutUs = current.nowUs() + FAULT_TIMEOUT_US;
  let result = EBUSY;
  while (result === EBUSY && current.nowUs() <= timeoutUs) result = yield* tryToMap(current, nouveau, notifier, fault);
  yield* mmuIntervalNotifierRemove(current, notifier);
  return result;
}

/** -EBUSY: start over. */
function* tryToMap(current: Current, nouveau: Nouveau, notifier: Ptr<"mmu_interval_notifier">, fault: PageFault): Run<number> {
  const { svmm, mm, va, isWrite } = fault;
  const notifierSeq = yield* mmuIntervalReadBegin(current, notifier);
  const range: HmmRange = {
    notifier,
    notifierSeq,
    start: va,
    end: va + PAGE_SIZE,
    pfns: new Int32Array(1),
    defaultFlags: isWrite ? HMM_PFN_REQ_FAULT | HMM_PFN_REQ_WRITE : HMM_PFN_REQ_FAULT,
    pfnFlagsMask: 0,
    devPrivateOwner: 0,
  };
  yield* downRead(current, embedded(mm, MmStruct.mmapLock));
  const result = yield* hmmRangeFault(current, range);
  yield* upRead(current, embedded(mm, MmStruct.mmapLock));
  if (result === 0 && (yield* commit(current, nouveau, svmm, range, isWrite))) return 0;
  if (result !== 0 && result !== EBUSY) return result;
  trace(current, driverEvents.faultRetry, nouveau.gpuOf(current, svmm).index, va, result === 0 ? RETRY_SEQ : RETRY_BUSY);
  return EBUSY;
}

/** False: it was invalidated meanwhile (RULES 9). */
function* commit(current: Current, nouveau: Nouveau, svmm: Ptr<"nouveau_svmm">, range: HmmRange, isWrite: boolean): Run<boolean> {
  const { notifier, notifierSeq, start, pfns } = range;
  const flags = isWrite ? PTE_PRESENT | PTE_WRITE : PTE_PRESENT;
  yield* mutexLock(current, embedded(svmm, NouveauSvmm.mutex));
  const isStale = yield* mmuIntervalReadRetry(current, notifier, notifierSeq);
  if (!isStale) {
    yield* gpuPtCommit(
      current,
      nouveau.gpuOf(current, svmm),
      hwOf(svmm),
      start,
      mkPte(hmmPfn(pfns[0]), flags),
      notifier,
      notifierSeq,
    );
  }
  yield* mutexUnlock(current, embedded(svmm, NouveauSvmm.mutex));
  return !isStale;
}
