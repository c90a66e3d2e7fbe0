import { init, read, readAddr, readPtr } from "../../../machine/access.ts";
import { GFP_KERNEL } from "../../../machine/slab.ts";
import type { Run } from "../../../machine/step.ts";
import { embedded, NULL, type Ptr } from "../../../machine/struct.ts";
import { trace } from "../../../machine/tracepoint.ts";
import { GpuVm, type Gpu } from "../../../device/gpu.ts";
import type { Current } from "../../../kernel/current.ts";
import { mutexLock, mutexUnlock } from "../../../kernel/locking/mutex.ts";
import { mmdrop, mmgrab } from "../../../kernel/mm/mm_count.ts";
import { mmuIntervalNotifierRemove } from "../../../kernel/mmu_notifier/interval.ts";
import { gpuPtCreate, gpuPtDestroy, gpuPtZap } from "../../parts/gpu_page_table.ts";
import { tlbInvalIssueAll, tlbInvalWaitFlushed } from "../../parts/tlb_inval.ts";
import { driverEvents } from "../../tracepoints.ts";
import { takeAnyChunk } from "./chunk.ts";
import { CHUNK_SIZE, hwOf, SvmChunk, SvmVm, type Svm } from "./svm.ts";

/** Let `gpu` work in `mm`, which `watcher` watches (NULL: the VM itself). The VM, or NULL if out of memory. */
export function* openVm(
  current: Current,
  svm: Svm,
  gpu: Gpu,
  mm: Ptr<"mm_struct">,
  watcher: Ptr<"svm_vm"> = NULL,
): Run<Ptr<"svm_vm">> {
  const vm = yield* svm.vms.alloc(current, GFP_KERNEL);
  if (vm === NULL) return NULL;
  const asid = svm.vms.indexOf(vm) + 1;
  init(current, hwOf(vm), GpuVm.asid, asid);
  init(current, vm, SvmVm.gpu, gpu.index);
  init(current, vm, SvmVm.mm, mm);
  init(current, vm, SvmVm.watcher, watcher === NULL ? vm : watcher);
  if ((yield* gpuPtCreate(current, hwOf(vm))) !== 0) {
    yield* svm.vms.free(current, vm);
    return NULL;
  }
  yield* mmgrab(current, mm);
  trace(current, driverEvents.vmOpen, gpu.index, hwOf(vm), mm, asid);
  return vm;
}

/**
 * The end of a VM whose contexts have stopped. Its translations go before its notifiers, since from then on nobody would
 * tell of pages that are freed; its tables go last, after a flush of everything (RULES I28).
 */
export function* closeVm(current: Current, svm: Svm, vm: Ptr<"svm_vm">): Run<void> {
  const gpu = svm.gpuOf(current, vm);
  for (;;) {
    const chunk = yield* takeAnyChunk(current, vm);
    if (chunk === NULL) break;
    yield* zapChunk(current, svm, vm, chunk);
    yield* mmuIntervalNotifierRemove(current, embedded(chunk, SvmChunk.notifier));
    yield* svm.chunks.free(current, chunk);
  }
  yield* flushAll(current, svm, vm);
  trace(current, driverEvents.vmClose, gpu.index, hwOf(vm));
  yield* gpuPtDestroy(current, gpu, hwOf(vm));
  yield* mmdrop(current, yield* readPtr(current, vm, SvmVm.mm));
  yield* svm.vms.free(current, vm);
}

/** All under the user lock: an invalidation that finds nothing left to zap must not overtake the flush (RULES 21). */
function* zapChunk(current: Current, svm: Svm, vm: Ptr<"svm_vm">, chunk: Ptr<"svm_chunk">): Run<void> {
  const start = yield* readAddr(current, chunk, SvmChunk.start);
  yield* mutexLock(current, svm.userLockOf(current, chunk));
  const zapped = yield* gpuPtZap(current, svm.gpuOf(current, vm), hwOf(vm), start, start + CHUNK_SIZE);
  if (zapped) yield* flushAll(current, svm, vm);
  yield* mutexUnlock(current, svm.userLockOf(current, chunk));
}

/** Flush everything that the GPU holds of the VM. */
export function* flushAll(current: Current, svm: Svm, vm: Ptr<"svm_vm">): Run<void> {
  const asid = yield* read(current, hwOf(vm), GpuVm.asid);
  const tlbInval = svm.tlbInvalOf(current, vm);
  const fence = svm.stackFences.of(current);
  yield* tlbInvalIssueAll(current, tlbInval, fence, asid);
  yield* tlbInvalWaitFlushed(current, tlbInval, fence, asid);
}
