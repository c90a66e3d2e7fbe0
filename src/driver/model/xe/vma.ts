import { init, initAddr, read, readAddr, readPtr, write, writeOnce } from "../../../machine/access.ts";
import { PAGE_SIZE } from "../../../machine/pte.ts";
import { GFP_KERNEL } from "../../../machine/slab.ts";
import type { Run } from "../../../machine/step.ts";
import { embedded, NULL, type Ptr } from "../../../machine/struct.ts";
import type { Current } from "../../../kernel/current.ts";
import { EFAULT, ENOMEM } from "../../../kernel/errno.ts";
import { downWrite, upWrite } from "../../../kernel/locking/rwsem.ts";
import { mmgetNotZero, mmput } from "../../../kernel/mm/mm_count.ts";
import { mmuIntervalNotifierInsert, mmuIntervalNotifierRemove } from "../../../kernel/mmu_notifier/interval.ts";
import { gpuPtZap } from "../../parts/gpu_page_table.ts";
import { takeInvalidated } from "./invalidated_list.ts";
import { unmapPages } from "./pages.ts";
import { flushVma } from "./vma_invalidation.ts";
import { hwOf, XeUserptrVma, XeVm, type Xe } from "./xe.ts";

/** Beginning and end of a userptr VMA, and how to find it. */

/** A VMA for `pages` pages of the process from `start` on, not yet bound: `vma`, or a negative `error`. Under `vm->lock`. */
export function* createVma(
  current: Current,
  xe: Xe,
  ops: number,
  vm: Ptr<"xe_vm">,
  start: number,
  pages: number,
): Run<{ vma: Ptr<"xe_userptr_vma">; error: number }> {
  const vma = yield* xe.vmas.alloc(current, GFP_KERNEL);
  if (vma === NULL) return { vma, error: ENOMEM };
  init(current, vma, XeUserptrVma.vm, vm);
  initAddr(current, vma, XeUserptrVma.start, start);
  init(current, vma, XeUserptrVma.pages, pages);
  const error = yield* insertNotifier(current, ops, vm, vma, start, pages);
  if (error !== 0) {
    yield* xe.vmas.free(current, vma);
    return { vma: NULL, error };
  }
  yield* write(current, vma, XeUserptrVma.nextInVm, yield* read(current, vm, XeVm.vmas));
  yield* write(current, vm, XeVm.vmas, vma);
  return { vma, error: 0 };
}

function* insertNotifier(
  current: Current,
  ops: number,
  vm: Ptr<"xe_vm">,
  vma: Ptr<"xe_userptr_vma">,
  start: number,
  pages: number,
): Run<number> {
  const mm: Ptr<"mm_struct"> = yield* readPtr(current, vm, XeVm.mm);
  if (!(yield* mmgetNotZero(current, mm))) return EFAULT;
  const notifier = embedded(vma, XeUserptrVma.notifier);
  const error = yield* mmuIntervalNotifierInsert(current, notifier, mm, BigInt(start), BigInt(pages * PAGE_SIZE), ops);
  yield* mmput(current, mm);
  return error;
}

/** The VMA that contains `va`, or NULL. Under `vm->lock`. */
export function* findVma(current: Current, vm: Ptr<"xe_vm">, va: number): Run<Ptr<"xe_userptr_vma">> {
  let vma: Ptr<"xe_userptr_vma"> = yield* readPtr(current, vm, XeVm.vmas);
  while (vma !== NULL) {
    const start = yield* readAddr(current, vma, XeUserptrVma.start);
    if (va >= start && va < start + (yield* read(current, vma, XeUserptrVma.pages)) * PAGE_SIZE) return vma;
    vma = yield* readPtr(current, vma, XeUserptrVma.nextInVm);
  }
  return NULL;
}

/** Take some VMA that starts in [start, end) off the list; NULL if there is none. Under `vm->lock`. */
export function* takeVma(current: Current, vm: Ptr<"xe_vm">, start: number, end: number): Run<Ptr<"xe_userptr_vma">> {
  let former = NULL as Ptr<"xe_userptr_vma">;
  let vma: Ptr<"xe_userptr_vma"> = yield* readPtr(current, vm, XeVm.vmas);
  while (vma !== NULL) {
    const next: Ptr<"xe_userptr_vma"> = yield* readPtr(current, vma, XeUserptrVma.nextInVm);
    const first = yield* readAddr(current, vma, XeUserptrVma.start);
    if (first >= start && first < end) {
      if (former === NULL) yield* write(current, vm, XeVm.vmas, next);
      else yield* write(current, former, XeUserptrVma.nextInVm, next);
      return vma;
    }
    former = vma;
    vma = next;
  }
  return NULL;
}

/**
 * Unbind a VMA that is off the list and free it. Not under `vm->lock`, nor any other lock: the notifier's removal waits for
 * invalidations (RULES 38). The pages go first and the notifier last, since they are not pinned: it has to stay until
 * the GPU is done with them (RULES 59).
 */
export function* destroyVma(current: Current, xe: Xe, vm: Ptr<"xe_vm">, vma: Ptr<"xe_userptr_vma">): Run<void> {
  yield* downWrite(current, embedded(vm, XeVm.notifierLock));
  yield* write(current, vma, XeUserptrVma.destroyed, 1);
  yield* takeInvalidated(current, vm, vma);
  yield* unbindVma(current, xe, vm, vma);
  yield* unmapPages(current, xe, vm, vma);
  yield* upWrite(current, embedded(vm, XeVm.notifierLock));
  yield* mmuIntervalNotifierRemove(current, embedded(vma, XeUserptrVma.notifier));
  yield* xe.vmas.free(current, vma);
}

/** Flushes whatever was bound, zapped since or not. */
function* unbindVma(current: Current, xe: Xe, vm: Ptr<"xe_vm">, vma: Ptr<"xe_userptr_vma">): Run<void> {
  if ((yield* read(current, vma, XeUserptrVma.tilePresent)) === 0) return;
  const start = yield* readAddr(current, vma, XeUserptrVma.start);
  const pages = yield* read(current, vma, XeUserptrVma.pages);
  yield* gpuPtZap(current, xe.gpuOf(current, vm), hwOf(vm), start, start + pages * PAGE_SIZE);
  yield* writeOnce(current, vma, XeUserptrVma.tilePresent, 0);
  const fence = xe.stackFences.of(current);
  yield* flushVma(current, xe, vm, vma, fence);
  yield* xe.variant.waitForFlush(current, xe, vm, fence);
}
