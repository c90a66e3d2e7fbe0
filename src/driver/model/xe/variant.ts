import { read } from "../../../machine/access.ts";
import type { Run } from "../../../machine/step.ts";
import { embedded, type Ptr } from "../../../machine/struct.ts";
import { GpuVm } from "../../../device/gpu.ts";
import type { Current } from "../../../kernel/current.ts";
import type { MmuIntervalNotifierOps } from "../../../kernel/mmu_notifier/types.ts";
import { tlbInvalWait, tlbInvalWaitFlushed } from "../../parts/tlb_inval.ts";
import { userptrOps } from "./userptr_notifier.ts";
import { userptrOps618 } from "./userptr_notifier_6_18.ts";
import { hwOf, XeUserptrVma, type Xe } from "./xe.ts";

/** Where other designs differ from the merged one. */
export interface XeVariant {
  /** How it answers invalidations. */
  userptrOps(xe: Xe): MmuIntervalNotifierOps;
  /** Wait for a TLB invalidation that was sent for `vm`. */
  waitForFlush(current: Current, xe: Xe, vm: Ptr<"xe_vm">, fence: Ptr<"tlb_inval_fence">): Run<void>;
  /** F3, under the notifier lock: the finish object is in use by an invocation whose second pass has not run. */
  whenFinishInUse(current: Current, xe: Xe, vm: Ptr<"xe_vm">, vma: Ptr<"xe_userptr_vma">): Run<void>;
  /**
   * Do `submit`, which lets the contexts of `vm` go on or says that something was invalidated again, under the locks that are not
   * the VM's.
   */
  submit(current: Current, xe: Xe, vm: Ptr<"xe_vm">, submit: () => Run<boolean>): Run<boolean>;
}

/** As merged in Linux 7.1. */
export const merged: XeVariant = {
  userptrOps,
  *waitForFlush(current, xe, vm, fence) {
    yield* tlbInvalWait(current, xe.tlbInvalOf(current, vm), fence); // -ETIME counts as done (RULES 70)
  },
  /** Nothing: the zap will tell what there is to wait for, so it is believed (RULES 53). */
  *whenFinishInUse() {},
  submit: (_current, _xe, _vm, submit) => submit(),
};

/** As it was in Linux 6.18: in one pass there is no finish object, and a time-out counts as done all the same. */
export const before: XeVariant = { ...merged, userptrOps: userptrOps618 };

/** Corrected: what is in flight is waited for (RULES 21), and a time-out is no flush (RULES 70). */
export const joined: XeVariant = {
  ...merged,
  *waitForFlush(current, xe, vm, fence) {
    const asid = yield* read(current, hwOf(vm), GpuVm.asid);
    yield* tlbInvalWaitFlushed(current, xe.tlbInvalOf(current, vm), fence, asid);
  },
  /** The batch cannot go away: its owner needs the lock that we hold to finish it. */
  *whenFinishInUse(current, xe, vm, vma) {
    if ((yield* read(current, vma, XeUserptrVma.tlbInvalSubmitted)) === 0) return;
    if ((yield* read(current, vma, XeUserptrVma.invalBatchFences)) === 0) return;
    yield* this.waitForFlush(current, xe, vm, embedded(vma, XeUserptrVma.invalBatch));
  },
};
