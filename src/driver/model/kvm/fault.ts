import { read, readOnce, readPtr } from "../../../machine/access.ts";
import { ACCESS_READ } from "../../../machine/access_kind.ts";
import { sleepUntil } from "../../../machine/futex.ts";
import { mkPte, pageAlignDown, PTE_PRESENT, PTE_WRITE } from "../../../machine/pte.ts";
import type { Run } from "../../../machine/step.ts";
import { embedded, type Ptr } from "../../../machine/struct.ts";
import { trace } from "../../../machine/tracepoint.ts";
import type { Current } from "../../../kernel/current.ts";
import { EAGAIN, EBUSY, EFAULT } from "../../../kernel/errno.ts";
import { spinLock, spinUnlock } from "../../../kernel/locking/spinlock.ts";
import { getUserPage } from "../../../kernel/mm/gup.ts";
import { mmgetNotZero, mmput } from "../../../kernel/mm/mm_count.ts";
import type { GpuFault } from "../../driver.ts";
import { FAULT_TIMEOUT_US, RETRY_COMMIT } from "../../parts/fault_retry.ts";
import { gpuPtCommit, gpuPtPopulate } from "../../parts/gpu_page_table.ts";
import { driverEvents } from "../../tracepoints.ts";
import { hwOf, KvmVm, vmOf, type Kvm } from "./kvm.ts";

/** Until a fault starts over: a range in progress does not say when it has ended. */
const RETRY_US = 10;

/** Map the page that faulted: 0, -EFAULT, -EPERM, -ENOMEM, or -EBUSY if invalidations kept coming in between. */
export function* handleKvmFault(current: Current, kvm: Kvm, fault: GpuFault): Run<number> {
  const vm = vmOf(fault.vm);
  const mm: Ptr<"mm_struct"> = yield* readPtr(current, vm, KvmVm.mm);
  if (!(yield* mmgetNotZero(current, mm))) return EFAULT; // the process is exiting
  const va = pageAlignDown(fault.va);
  const timeoutUs = current.nowUs() + FAULT_TIMEOUT_US;
  let result = yield* gpuPtPopulate(current, fault.gpu, hwOf(vm), va);
  if (result === 0) result = yield* tryToMap(current, kvm, vm, mm, va, fault.kind !== ACCESS_READ);
  while (result === EAGAIN && current.nowUs() <= timeoutUs) {
    trace(current, driverEvents.faultRetry, fault.gpu.index, va, RETRY_COMMIT);
    yield* sleepUntil(current, current.nowUs() + RETRY_US);
    result = yield* tryToMap(current, kvm, vm, mm, va, fault.kind !== ACCESS_READ);
  }
  yield* mmput(current, mm);
  return result === EAGAIN ? EBUSY : result;
}

/** -EAGAIN: a range is in progress, or one has ended since the page was looked up. Any range: a count knows no addresses. */
function* tryToMap(
  current: Current,
  kvm: Kvm,
  vm: Ptr<"kvm_vm">,
  mm: Ptr<"mm_struct">,
  va: number,
  isWrite: boolean,
): Run<number> {
  const seq = yield* readOnce(current, vm, KvmVm.invalidateSeq);
  const pfn = yield* getUserPage(current, mm, va, isWrite);
  if (pfn < 0) return pfn;
  yield* spinLock(current, embedded(vm, KvmVm.mmuLock));
  const isFresh =
    (yield* read(current, vm, KvmVm.invalidateInProgress)) === 0 && (yield* read(current, vm, KvmVm.invalidateSeq)) === seq;
  if (isFresh) {
    const flags = isWrite ? PTE_PRESENT | PTE_WRITE : PTE_PRESENT;
    yield* gpuPtCommit(current, kvm.gpuOf(current, vm), hwOf(vm), va, mkPte(pfn, flags), 0, 0);
  }
  yield* spinUnlock(current, embedded(vm, KvmVm.mmuLock));
  return isFresh ? 0 : EAGAIN;
}
