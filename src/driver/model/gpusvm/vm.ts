import { read, readPtr, write } from "../../../machine/access.ts";
import type { Run } from "../../../machine/step.ts";
import { embedded, NULL, type Ptr } from "../../../machine/struct.ts";
import type { Gpu } from "../../../device/gpu.ts";
import type { Current } from "../../../kernel/current.ts";
import { mutexLock, mutexTryLock, mutexUnlock } from "../../../kernel/locking/mutex.ts";
import { downWrite, upWrite } from "../../../kernel/locking/rwsem.ts";
import { mmuIntervalNotifierRemove } from "../../../kernel/mmu_notifier/interval.ts";
import { flushAll } from "../../parts/flush_all.ts";
import { createVm, destroyVm } from "../../parts/vm_lifetime.ts";
import { collectGarbage, destroyRange, hasGarbage } from "./garbage.ts";
import { GpusvmNotifier, GpusvmVm, GpusvmVms, type Gpusvm } from "./gpusvm.ts";

/** Let `gpu` work in `mm`: the VM, or NULL if out of memory. */
export function* openVm(current: Current, gpusvm: Gpusvm, gpu: Gpu, mm: Ptr<"mm_struct">): Run<Ptr<"gpusvm_vm">> {
  const vm = yield* createVm(current, gpusvm, gpu, mm);
  if (vm === NULL) return NULL;
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
  yield* forgetVm(current, gpusvm, vm);
  yield* downWrite(current, embedded(vm, GpusvmVm.lock));
  const first: Ptr<"gpusvm_notifier"> = yield* readPtr(current, vm, GpusvmVm.notifiers);
  for (let notifier = first; notifier !== NULL; notifier = yield* readPtr(current, notifier, GpusvmNotifier.nextInVm)) {
    yield* destroyRanges(current, gpusvm, vm, notifier);
  }
  yield* upWrite(current, embedded(vm, GpusvmVm.lock));
  yield* removeNotifiers(current, gpusvm, first);
  yield* flushAll(current, gpusvm, vm);
  yield* destroyVm(current, gpusvm, vm);
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
