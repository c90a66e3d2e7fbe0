import { read, readPtr } from "../../../machine/access.ts";
import type { Run } from "../../../machine/step.ts";
import { embedded, NULL, type Ptr } from "../../../machine/struct.ts";
import { trace } from "../../../machine/tracepoint.ts";
import type { Current } from "../../../kernel/current.ts";
import { EAGAIN, EBUSY, EFAULT, EPERM } from "../../../kernel/errno.ts";
import { downWrite, upWrite } from "../../../kernel/locking/rwsem.ts";
import { mmgetNotZero, mmput } from "../../../kernel/mm/mm_count.ts";
import type { GpuFault } from "../../driver.ts";
import { FAULT_TIMEOUT_US, RETRY_COMMIT } from "../../parts/fault_retry.ts";
import { driverEvents } from "../../tracepoints.ts";
import { bindRange, hasValidMapping } from "./bind.ts";
import { collectGarbage, discardRange } from "./garbage.ts";
import { GpusvmRange, GpusvmVm, RANGE_PAGES, vmOf, type Gpusvm } from "./gpusvm.ts";
import { findOrInsertNotifier } from "./notifier.ts";
import { getPages } from "./pages.ts";
import { findOrInsertRange } from "./range.ts";

/** Bind the range of the page that faulted: 0, or -EFAULT, -EPERM, -ENOMEM, -EBUSY. One fault of a VM at a time (RULES 64). */
export function* handleGpusvmFault(current: Current, gpusvm: Gpusvm, ops: number, fault: GpuFault): Run<number> {
  const vm = vmOf(fault.vm);
  const mm: Ptr<"mm_struct"> = yield* readPtr(current, vm, GpusvmVm.mm);
  if (!(yield* mmgetNotZero(current, mm))) return EFAULT; // the process is exiting
  yield* downWrite(current, embedded(vm, GpusvmVm.lock));
  const timeoutUs = current.nowUs() + FAULT_TIMEOUT_US;
  let result = EAGAIN;
  while (result === EAGAIN && current.nowUs() <= timeoutUs) {
    result = yield* tryToBind(current, gpusvm, ops, vm, mm, fault.va);
    if (result === EAGAIN) trace(current, driverEvents.faultRetry, fault.gpu.index, fault.va, RETRY_COMMIT);
  }
  yield* upWrite(current, embedded(vm, GpusvmVm.lock));
  yield* mmput(current, mm);
  return result === EAGAIN ? EBUSY : result;
}

/** Bind a range of at most so many pages. -EAGAIN: they were invalidated before they were bound. */
function* tryToBind(
  current: Current,
  gpusvm: Gpusvm,
  ops: number,
  vm: Ptr<"gpusvm_vm">,
  mm: Ptr<"mm_struct">,
  va: number,
  maxPages = RANGE_PAGES,
): Run<number> {
  yield* collectGarbage(current, gpusvm, vm);
  const notifier = yield* findOrInsertNotifier(current, gpusvm, ops, vm, va);
  if (notifier === NULL) return EFAULT;
  const { range, error } = yield* findOrInsertRange(current, gpusvm, vm, notifier, va, maxPages);
  if (error !== 0) return error;
  if (yield* hasValidMapping(current, range)) return 0;
  const failed = yield* getPages(current, gpusvm, vm, mm, range);
  if (failed === 0) return yield* bindRange(current, gpusvm, vm, range);
  const isAlone = (yield* read(current, range, GpusvmRange.pages)) === 1;
  if (isAlone || (failed !== EFAULT && failed !== EPERM)) return failed;
  yield* discardRange(current, vm, range); // perhaps it is another of its pages that is not there for us any more
  return yield* tryToBind(current, gpusvm, ops, vm, mm, va, 1);
}
