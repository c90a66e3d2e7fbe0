import type { Run } from "../../../machine/step.ts";
import { embedded, NULL, type Ptr } from "../../../machine/struct.ts";
import { trace } from "../../../machine/tracepoint.ts";
import type { Current } from "../../../kernel/current.ts";
import { EAGAIN, EBUSY, EFAULT } from "../../../kernel/errno.ts";
import { downWrite, upWrite } from "../../../kernel/locking/rwsem.ts";
import type { GpuFault } from "../../driver.ts";
import { FAULT_TIMEOUT_US, RETRY_COMMIT } from "../../parts/fault_retry.ts";
import { driverEvents } from "../../tracepoints.ts";
import { bindVma } from "./bind.ts";
import { getPages } from "./pages.ts";
import { findVma } from "./vma.ts";
import { hasValidMapping } from "./vma_invalidation.ts";
import { vmOf, XeVm, type Xe } from "./xe.ts";

/** Bind the whole VMA that was faulted in: 0, or -EFAULT, -EPERM, -ENOMEM, -EBUSY. One fault of a VM at a time (RULES 64). */
export function* handleXeFault(current: Current, xe: Xe, fault: GpuFault): Run<number> {
  if (xe.mode !== "fault") return EFAULT; // this hardware cannot wait for us
  const vm = vmOf(fault.vm);
  yield* downWrite(current, embedded(vm, XeVm.lock));
  const vma = yield* findVma(current, vm, fault.va);
  const result = vma === NULL ? EFAULT : yield* pinAndBind(current, xe, vm, vma);
  yield* upWrite(current, embedded(vm, XeVm.lock));
  return result;
}

/** Make the GPU see the VMA: 0 or a negative error. The caller holds `vm->lock` for writing. */
export function* pinAndBind(current: Current, xe: Xe, vm: Ptr<"xe_vm">, vma: Ptr<"xe_userptr_vma">): Run<number> {
  const timeoutUs = current.nowUs() + FAULT_TIMEOUT_US;
  while (current.nowUs() <= timeoutUs) {
    if (yield* hasValidMapping(current, vma)) return 0;
    let result = yield* getPages(current, xe, vm, vma);
    if (result === 0) result = yield* bindVma(current, xe, vm, vma);
    if (result !== EAGAIN) return result;
    trace(current, driverEvents.faultRetry, xe.gpuOf(current, vm).index, 0, RETRY_COMMIT);
  }
  return EBUSY;
}
