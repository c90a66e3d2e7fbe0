import { init, readAddr } from "../../../machine/access.ts";
import type { Run } from "../../../machine/step.ts";
import { embedded, NULL, type Ptr } from "../../../machine/struct.ts";
import type { Gpu } from "../../../device/gpu.ts";
import type { Current } from "../../../kernel/current.ts";
import { mutexLock, mutexUnlock } from "../../../kernel/locking/mutex.ts";
import { mmuIntervalNotifierRemove } from "../../../kernel/mmu_notifier/interval.ts";
import { flushAll } from "../../parts/flush_all.ts";
import { gpuPtZap } from "../../parts/gpu_page_table.ts";
import { createVm, destroyVm } from "../../parts/vm_lifetime.ts";
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
  const vm = yield* createVm(current, svm, gpu, mm);
  if (vm !== NULL) init(current, vm, SvmVm.watcher, watcher === NULL ? vm : watcher);
  return vm;
}

/**
 * The end of a VM whose contexts have stopped. Its translations go before its notifiers, since from then on nobody would
 * tell of pages that are freed.
 */
export function* closeVm(current: Current, svm: Svm, vm: Ptr<"svm_vm">): Run<void> {
  for (;;) {
    const chunk = yield* takeAnyChunk(current, vm);
    if (chunk === NULL) break;
    yield* zapChunk(current, svm, vm, chunk);
    yield* mmuIntervalNotifierRemove(current, embedded(chunk, SvmChunk.notifier));
    yield* svm.chunks.free(current, chunk);
  }
  yield* flushAll(current, svm, vm);
  yield* destroyVm(current, svm, vm);
}

/** All under the user lock: an invalidation that finds nothing left to zap must not overtake the flush (RULES 21). */
function* zapChunk(current: Current, svm: Svm, vm: Ptr<"svm_vm">, chunk: Ptr<"svm_chunk">): Run<void> {
  const start = yield* readAddr(current, chunk, SvmChunk.start);
  yield* mutexLock(current, svm.userLockOf(current, chunk));
  const zapped = yield* gpuPtZap(current, svm.gpuOf(current, vm), hwOf(vm), start, start + CHUNK_SIZE);
  if (zapped) yield* flushAll(current, svm, vm);
  yield* mutexUnlock(current, svm.userLockOf(current, chunk));
}
