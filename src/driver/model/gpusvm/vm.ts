import { init, read, readPtr, write } from "../../../machine/access.ts";
import { GFP_KERNEL } from "../../../machine/slab.ts";
import type { Run } from "../../../machine/step.ts";
import { embedded, NULL, type Ptr } from "../../../machine/struct.ts";
import { trace } from "../../../machine/tracepoint.ts";
import { GpuVm, type Gpu } from "../../../device/gpu.ts";
import type { Current } from "../../../kernel/current.ts";
import { mutexLock, mutexTryLock, mutexUnlock } from "../../../kernel/locking/mutex.ts";
import { downWrite, upWrite } from "../../../kernel/locking/rwsem.ts";
import { mmdrop, mmgrab } from "../../../kernel/mm/mm_count.ts";
import { mmuIntervalNotifierRemove } from "../../../kernel/mmu_notifier/interval.ts";
import { gpuPtCreate, gpuPtDestroy } from "../../parts/gpu_page_table.ts";
import { tlbInvalIssueAll, tlbInvalWaitFlushed } from "../../parts/tlb_inval.ts";
import { driverEvents } from "../../tracepoints.ts";
import { collectGarbage, destroyRange, hasGarbage } from "./garbage.ts";
import { GpusvmNotifier, GpusvmVm, GpusvmVms, hwOf, type Gpusvm } from "./gpusvm.ts";

/** Let `gpu` work in `mm`: the VM, or NULL if out of memory. */
export function* openVm(current: Current, gpusvm: Gpusvm, gpu: Gpu, mm: Ptr<"mm_struct">): Run<Ptr<"gpusvm_vm">> {
  const vm = yield* gpusvm.vms.alloc(current, GFP_KERNEL);
  if (vm === NULL) return NULL;
  const asid = gpusvm.vms.indexOf(vm) + 1;
  init(current, hwOf(vm), GpuVm.asid, asid);
  init(current, vm, GpusvmVm.gpu, gpu.index);
  init(current, vm, GpusvmVm.mm, mm);
  if ((yield* gpuPtCreate(current, hwOf(vm))) !== 0) {
    yield* gpusvm.vms.free(current, vm);
    return NULL;
  }
  yield* mmgrab(current, mm);
  trace(current, driverEvents.vmOpen, gpu.index, hwOf(vm), mm, asid);
  const { openVms } = gpusvm;
  yield* mutexLock(current, embedded(openVms, GpusvmVms.lock));
  yield* write(current, vm, GpusvmVm.nextVm, yield* read(current, openVms, GpusvmVms.first));
  yield* write(current, openVms, GpusvmVms.first, vm);
  yield* mutexUnlock(current, embedded(openVms, GpusvmVms.lock));
  return vm;
}

/** The garbage collector's worker, which runs on one CPU at a time: false if it had nothing to do. */
export function* collectorWork(current: Current, gpusvm: Gpusvm): Run<boolean> {
  const { openVms } = gpusvm;
  if (!(yield* mutexTryLock(current, embedded(openVms, GpusvmVms.lock)))) return false;
  let any = false;
  let vm: Ptr<"gpusvm_vm"> = yield* readPtr(current, openVms, GpusvmVms.first);
  for (; vm !== NULL; vm = yield* readPtr(current, vm, GpusvmVm.nextVm)) {
    if (!(yield* hasGarbage(current, vm))) continue;
    yield* downWrite(current, embedded(vm, GpusvmVm.lock));
    yield* collectGarbage(current, gpusvm, vm);
    yield* upWrite(current, embedded(vm, GpusvmVm.lock));
    any = true;
  }
  yield* mutexUnlock(current, embedded(openVms, GpusvmVms.lock));
  return any;
}

/**
 * The end of a VM whose contexts do nothing any more. The worker does not look at it from here on, so that what a notifier still
 * lists as garbage is nobody's business. Ranges go before the notifiers that watch them (RULES 59).
 */
export function* closeVm(current: Current, gpusvm: Gpusvm, vm: Ptr<"gpusvm_vm">): Run<void> {
  const gpu = gpusvm.gpuOf(current, vm);
  yield* forgetVm(current, gpusvm, vm);
  yield* downWrite(current, embedded(vm, GpusvmVm.lock));
  const first: Ptr<"gpusvm_notifier"> = yield* readPtr(current, vm, GpusvmVm.notifiers);
  for (let notifier = first; notifier !== NULL; notifier = yield* readPtr(current, notifier, GpusvmNotifier.nextInVm)) {
    yield* destroyRanges(current, gpusvm, vm, notifier);
  }
  yield* upWrite(current, embedded(vm, GpusvmVm.lock));
  yield* removeNotifiers(current, gpusvm, first);
  yield* flushAll(current, gpusvm, vm);
  trace(current, driverEvents.vmClose, gpu.index, hwOf(vm));
  yield* gpuPtDestroy(current, gpu, hwOf(vm));
  yield* mmdrop(current, yield* readPtr(current, vm, GpusvmVm.mm));
  yield* gpusvm.vms.free(current, vm);
}

function* forgetVm(current: Current, { openVms }: Gpusvm, vm: Ptr<"gpusvm_vm">): Run<void> {
  yield* mutexLock(current, embedded(openVms, GpusvmVms.lock));
  const next = yield* read(current, vm, GpusvmVm.nextVm);
  let former: Ptr<"gpusvm_vm"> = yield* readPtr(current, openVms, GpusvmVms.first);
  if (former === vm) {
    yield* write(current, openVms, GpusvmVms.first, next);
  } else {
    while ((yield* read(current, former, GpusvmVm.nextVm)) !== vm) former = yield* readPtr(current, former, GpusvmVm.nextVm);
    yield* write(current, former, GpusvmVm.nextVm, next);
  }
  yield* mutexUnlock(current, embedded(openVms, GpusvmVms.lock));
}

function* destroyRanges(current: Current, gpusvm: Gpusvm, vm: Ptr<"gpusvm_vm">, notifier: Ptr<"gpusvm_notifier">): Run<void> {
  for (;;) {
    const range: Ptr<"gpusvm_range"> = yield* readPtr(current, notifier, GpusvmNotifier.ranges);
    if (range === NULL) return;
    yield* destroyRange(current, gpusvm, vm, range);
  }
}

/** Under no lock: it waits for invalidations (RULES 38). */
function* removeNotifiers(current: Current, gpusvm: Gpusvm, first: Ptr<"gpusvm_notifier">): Run<void> {
  let notifier = first;
  while (notifier !== NULL) {
    const next: Ptr<"gpusvm_notifier"> = yield* readPtr(current, notifier, GpusvmNotifier.nextInVm);
    yield* mmuIntervalNotifierRemove(current, embedded(notifier, GpusvmNotifier.notifier));
    yield* gpusvm.notifiers.free(current, notifier);
    notifier = next;
  }
}

/** Before the page tables go (RULES I28). */
function* flushAll(current: Current, gpusvm: Gpusvm, vm: Ptr<"gpusvm_vm">): Run<void> {
  const asid = yield* read(current, hwOf(vm), GpuVm.asid);
  const tlbInval = gpusvm.tlbInvalOf(current, vm);
  const fence = gpusvm.stackFences.of(current);
  yield* tlbInvalIssueAll(current, tlbInval, fence, asid);
  yield* tlbInvalWaitFlushed(current, tlbInval, fence, asid);
}
