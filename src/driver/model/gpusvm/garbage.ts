import { read, readOnce, readPtr, write, writeOnce } from "../../../machine/access.ts";
import type { Run } from "../../../machine/step.ts";
import { embedded, NULL, type Ptr } from "../../../machine/struct.ts";
import type { Current } from "../../../kernel/current.ts";
import { downWrite, upWrite } from "../../../kernel/locking/rwsem.ts";
import { spinLock, spinUnlock } from "../../../kernel/locking/spinlock.ts";
import { gpuPtZap } from "../../parts/gpu_page_table.ts";
import { flushNow } from "./flush.ts";
import { GpusvmRange, GpusvmVm, hwOf, PAGES_UNMAPPED, type Gpusvm } from "./gpusvm.ts";
import { unmapPages } from "./pages.ts";
import { extentOf, unlinkRange } from "./range.ts";

/**
 * Ranges that the process has unmapped, or part of them: a notifier may not free them, since that takes `vm->lock`, so it lists
 * them, and the worker or the next fault throws them away (RULES 61, 64).
 */

/** Mark a range unmapped and put it on the list. The caller holds the notifier lock for writing. */
export function* addGarbage(current: Current, vm: Ptr<"gpusvm_vm">, range: Ptr<"gpusvm_range">): Run<void> {
  yield* writeOnce(current, range, GpusvmRange.flags, (yield* readOnce(current, range, GpusvmRange.flags)) | PAGES_UNMAPPED);
  yield* spinLock(current, embedded(vm, GpusvmVm.collectorLock));
  if ((yield* read(current, range, GpusvmRange.isGarbage)) === 0) {
    yield* write(current, range, GpusvmRange.isGarbage, 1);
    yield* write(current, range, GpusvmRange.nextGarbage, yield* read(current, vm, GpusvmVm.garbage));
    yield* writeOnce(current, vm, GpusvmVm.garbage, range);
  }
  yield* spinUnlock(current, embedded(vm, GpusvmVm.collectorLock));
}

/** Have a range thrown away that does not fit the process's mappings any more. The caller holds `vm->lock` for writing. */
export function* discardRange(current: Current, vm: Ptr<"gpusvm_vm">, range: Ptr<"gpusvm_range">): Run<void> {
  yield* downWrite(current, embedded(vm, GpusvmVm.notifierLock));
  yield* addGarbage(current, vm, range);
  yield* upWrite(current, embedded(vm, GpusvmVm.notifierLock));
}

/** Is there any? Without the lock: a hint. */
export function* hasGarbage(current: Current, vm: Ptr<"gpusvm_vm">): Run<boolean> {
  return (yield* readOnce(current, vm, GpusvmVm.garbage)) !== NULL;
}

/** Throw away what is on the list. The caller holds `vm->lock` for writing. */
export function* collectGarbage(current: Current, gpusvm: Gpusvm, vm: Ptr<"gpusvm_vm">): Run<void> {
  for (;;) {
    const range = yield* takeGarbage(current, vm);
    if (range === NULL) return;
    yield* destroyRange(current, gpusvm, vm, range);
  }
}

function* takeGarbage(current: Current, vm: Ptr<"gpusvm_vm">): Run<Ptr<"gpusvm_range">> {
  yield* spinLock(current, embedded(vm, GpusvmVm.collectorLock));
  const range: Ptr<"gpusvm_range"> = yield* readPtr(current, vm, GpusvmVm.garbage);
  if (range !== NULL) yield* writeOnce(current, vm, GpusvmVm.garbage, yield* read(current, range, GpusvmRange.nextGarbage));
  yield* spinUnlock(current, embedded(vm, GpusvmVm.collectorLock));
  return range;
}

/** Unbind a range and free it; flushes whatever was bound, zapped since or not. The caller holds `vm->lock` for writing. */
export function* destroyRange(current: Current, gpusvm: Gpusvm, vm: Ptr<"gpusvm_vm">, range: Ptr<"gpusvm_range">): Run<void> {
  yield* downWrite(current, embedded(vm, GpusvmVm.notifierLock));
  if ((yield* readOnce(current, range, GpusvmRange.tilePresent)) !== 0) {
    const extent = yield* extentOf(current, range);
    yield* gpuPtZap(current, gpusvm.gpuOf(current, vm), hwOf(vm), extent.start, extent.end);
    yield* flushNow(current, gpusvm, vm, extent);
  }
  yield* unmapPages(current, gpusvm, vm, range);
  yield* unlinkRange(current, range);
  yield* upWrite(current, embedded(vm, GpusvmVm.notifierLock));
  yield* gpusvm.ranges.free(current, range);
}
