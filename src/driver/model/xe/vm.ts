import { read, writeOnce } from "../../../machine/access.ts";
import { PAGE_SIZE, TASK_SIZE } from "../../../machine/pte.ts";
import type { Run } from "../../../machine/step.ts";
import { embedded, NULL, type Ptr } from "../../../machine/struct.ts";
import type { Gpu } from "../../../device/gpu.ts";
import type { Current } from "../../../kernel/current.ts";
import { mutexLock, mutexUnlock } from "../../../kernel/locking/mutex.ts";
import { downWrite, upWrite } from "../../../kernel/locking/rwsem.ts";
import { flushAll } from "../../parts/flush_all.ts";
import { createVm, destroyVm } from "../../parts/vm_lifetime.ts";
import { pinAndBind } from "./fault.ts";
import { armFences, enableSwSignaling, resumeAll, waitForFences } from "./preempt_fence.ts";
import { createVma, destroyVma, takeVma } from "./vma.ts";
import { USERPTR_PAGES, XeGpu, XeVm, type Xe } from "./xe.ts";

/**
 * Let `gpu` work in `mm`: the VM, or NULL: out of memory. In preempt-fence mode all contexts of a GPU belong to one VM, so
 * that there is none to be had as long as another is open.
 */
export function openVm(current: Current, xe: Xe, gpu: Gpu, mm: Ptr<"mm_struct">): Run<Ptr<"xe_vm">> {
  if (xe.mode === "fault") return createVm(current, xe, gpu, mm);
  return createVm(current, xe, gpu, mm, (vm) => takeContexts(current, xe, gpu, vm));
}

/** Bind [start, end) piece by piece, as far as it goes: 0 or the first negative error. */
export function* bindRange(current: Current, xe: Xe, ops: number, vm: Ptr<"xe_vm">, start: number, end: number): Run<number> {
  let firstError = 0;
  for (let va = start; va < end; va += USERPTR_PAGES * PAGE_SIZE) {
    const pages = Math.min(USERPTR_PAGES, (end - va) / PAGE_SIZE);
    yield* downWrite(current, embedded(vm, XeVm.lock));
    const created = yield* createVma(current, xe, ops, vm, va, pages);
    // A piece that cannot be pinned now is bound at a fault, or not at all.
    const error = created.error === 0 ? yield* pinAndBind(current, xe, vm, created.vma) : created.error;
    yield* upWrite(current, embedded(vm, XeVm.lock));
    if (firstError === 0) firstError = error;
  }
  return firstError;
}

/** Undo {@link bindRange} for the pieces that start in [start, end). */
export function* unbindRange(current: Current, xe: Xe, vm: Ptr<"xe_vm">, start: number, end: number): Run<void> {
  for (;;) {
    yield* downWrite(current, embedded(vm, XeVm.lock));
    const vma = yield* takeVma(current, vm, start, end);
    yield* upWrite(current, embedded(vm, XeVm.lock));
    if (vma === NULL) return;
    yield* destroyVma(current, xe, vm, vma);
  }
}

/** The end of a VM whose contexts do nothing any more. */
export function* closeVm(current: Current, xe: Xe, vm: Ptr<"xe_vm">): Run<void> {
  yield* unbindRange(current, xe, vm, 0, TASK_SIZE);
  if (xe.mode === "preempt-fence") yield* releaseContexts(current, xe, xe.gpuOf(current, vm), vm);
  yield* flushAll(current, xe, vm);
  yield* destroyVm(current, xe, vm);
}

/** False if the GPU's contexts belong to another VM. */
function* takeContexts(current: Current, xe: Xe, gpu: Gpu, vm: Ptr<"xe_vm">): Run<boolean> {
  const xeGpu = xe.xeGpus[gpu.index];
  yield* mutexLock(current, embedded(xeGpu, XeGpu.workLock));
  const isFree = (yield* read(current, xeGpu, XeGpu.vm)) === NULL;
  if (isFree) {
    yield* armFences(current, xe, vm);
    yield* writeOnce(current, xeGpu, XeGpu.vm, vm);
  }
  yield* mutexUnlock(current, embedded(xeGpu, XeGpu.workLock));
  return isFree;
}

/**
 * No notifier can preempt any more. What was asked for is waited for, so that no interrupt finds the VM gone, and the contexts go
 * on, for the next VM. Holding the work lock is `cancel_work_sync`.
 */
function* releaseContexts(current: Current, xe: Xe, gpu: Gpu, vm: Ptr<"xe_vm">): Run<void> {
  const xeGpu = xe.xeGpus[gpu.index];
  yield* mutexLock(current, embedded(xeGpu, XeGpu.workLock));
  yield* enableSwSignaling(current, xe, vm);
  yield* waitForFences(current, xe, vm);
  yield* writeOnce(current, xeGpu, XeGpu.vm, NULL);
  yield* resumeAll(current, gpu);
  yield* mutexUnlock(current, embedded(xeGpu, XeGpu.workLock));
}
