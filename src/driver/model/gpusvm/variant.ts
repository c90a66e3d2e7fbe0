import { read, readPtr } from "../../../machine/access.ts";
import type { Run } from "../../../machine/step.ts";
import { embedded, type Ptr } from "../../../machine/struct.ts";
import { GpuVm } from "../../../device/gpu.ts";
import type { Current } from "../../../kernel/current.ts";
import { mmuIntervalReadRetry } from "../../../kernel/mmu_notifier/read.ts";
import { tlbInvalWait, tlbInvalWaitFlushed } from "../../parts/tlb_inval.ts";
import { GpusvmNotifier, GpusvmRange, hwOf, type Gpusvm } from "./gpusvm.ts";
import { arePagesValid } from "./pages.ts";

/** Where the corrected design differs from what was merged or posted. */
export interface GpusvmVariant {
  /** Does `mayCommit` ask read_retry? */
  readonly asksReadRetry: boolean;
  /** Under the notifier lock: are the pages of the range still those that were looked up? */
  mayCommit(current: Current, range: Ptr<"gpusvm_range">): Run<boolean>;
  /** Wait for a TLB invalidation that was sent for `vm`. */
  waitForFlush(current: Current, gpusvm: Gpusvm, vm: Ptr<"gpusvm_vm">, fence: Ptr<"tlb_inval_fence">): Run<void>;
}

/** As merged, and as posted for two passes. */
export const flagsOnly: GpusvmVariant = {
  asksReadRetry: false,
  /** Right as long as zap and flags are one critical section (RULES 22, 62). */
  mayCommit: arePagesValid,
  *waitForFlush(current, gpusvm, vm, fence) {
    yield* tlbInvalWait(current, gpusvm.tlbInvalOf(current, vm), fence); // -ETIME counts as done (RULES 70)
  },
};

/** Corrected: the sequence number tells of an invalidation that has begun (RULES 22), and a time-out is no flush (RULES 70). */
export const checked: GpusvmVariant = {
  asksReadRetry: true,
  *mayCommit(current, range) {
    if (!(yield* arePagesValid(current, range))) return false;
    const notifier: Ptr<"gpusvm_notifier"> = yield* readPtr(current, range, GpusvmRange.notifier);
    const seq = yield* read(current, range, GpusvmRange.notifierSeq);
    return !(yield* mmuIntervalReadRetry(current, embedded(notifier, GpusvmNotifier.notifier), seq));
  },
  *waitForFlush(current, gpusvm, vm, fence) {
    const asid = yield* read(current, hwOf(vm), GpuVm.asid);
    yield* tlbInvalWaitFlushed(current, gpusvm.tlbInvalOf(current, vm), fence, asid);
  },
};
