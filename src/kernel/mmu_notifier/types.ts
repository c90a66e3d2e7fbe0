import type { Run } from "../../machine/step.ts";
import type { Ptr } from "../../machine/struct.ts";
import type { Current } from "../current.ts";

/** Why a range is invalidated (RULES 13). */
export const MMU_NOTIFY_UNMAP = 0;
export const MMU_NOTIFY_CLEAR = 1;
export const MMU_NOTIFY_PROTECTION_VMA = 2;
export const MMU_NOTIFY_PROTECTION_PAGE = 3;
export const MMU_NOTIFY_SOFT_DIRTY = 4;
export const MMU_NOTIFY_RELEASE = 5;
export const MMU_NOTIFY_MIGRATE = 6;
export const MMU_NOTIFY_EXCLUSIVE = 7;

export const MMU_NOTIFY_NAMES = [
  "UNMAP",
  "CLEAR",
  "PROTECTION_VMA",
  "PROTECTION_PAGE",
  "SOFT_DIRTY",
  "RELEASE",
  "MIGRATE",
  "EXCLUSIVE",
] as const;

/** A range under invalidation. It lives on its caller's stack: no other task ever sees it. */
export interface MmuNotifierRange {
  readonly mm: Ptr<"mm_struct">;
  /** First byte. */
  readonly start: bigint;
  /** One past the last byte. */
  readonly end: bigint;
  /** MMU_NOTIFY_* */
  readonly event: number;
  /** For MIGRATE and EXCLUSIVE: who does it; 0 nobody. */
  readonly owner: number;
  /** MMU_NOTIFIER_RANGE_BLOCKABLE: callbacks may sleep. */
  blockable: boolean;
  /** Distinguishes the ranges of one task in tracepoints. */
  readonly id: number;
  /** What a design that finishes only at range_end has left to do. */
  unfinished: Ptr<"mmu_interval_notifier_finish">;
}

/** Where a start callback leaves its finish object: the kernel's `**finish`. NULL on entry (RULES 15). */
export interface FinishSlot {
  finish: Ptr<"mmu_interval_notifier_finish">;
}

/** The same in designs with any number of passes. */
export interface PassSlot {
  pass: Ptr<"mmu_interval_notifier_pass">;
}

/** What a pass object points to in designs with any number of passes. */
export interface MmuIntervalPass {
  /**
   * Carry the pass out. The object of the pass after it, which may be the same one; NULL: that was the last. Cannot fail. The
   * object may be gone when it returns.
   */
  run(
    current: Current,
    pass: Ptr<"mmu_interval_notifier_pass">,
    range: MmuNotifierRange,
    curSeq: number,
  ): Run<Ptr<"mmu_interval_notifier_pass">>;
  /** In designs that wait until a pass is ready: none has been for a while, so look whether anything has timed out. */
  readonly stalled?: (current: Current) => Run<unknown>;
}

/**
 * What {@link MmuIntervalNotifierOps.invalidatePass} returns: it has finished; it wants to be called in the next pass; it
 * refuses.
 */
export const PASS_DONE = 0;
export const PASS_AGAIN = 1;
export const PASS_REFUSED = 2;

/** `struct mmu_interval_notifier_ops`. */
export interface MmuIntervalNotifierOps {
  /** One pass: stop all use of the range. False: could not, in a non-blockable range. */
  readonly invalidate?: (
    current: Current,
    sub: Ptr<"mmu_interval_notifier">,
    range: MmuNotifierRange,
    curSeq: number,
  ) => Run<boolean>;
  /** First pass: start to stop the use of the range; what remains to be waited for goes into `slot`. */
  readonly invalidateStart?: (
    current: Current,
    sub: Ptr<"mmu_interval_notifier">,
    range: MmuNotifierRange,
    curSeq: number,
    slot: FinishSlot,
  ) => Run<boolean>;
  /** Second pass: wait for it. Cannot fail (RULES 19). */
  readonly invalidateFinish?: (current: Current, finish: Ptr<"mmu_interval_notifier_finish">) => Run<void>;
  /** With any number of passes (the RFC of 9 Aug 2025): start, and leave the next pass in `slot`. */
  readonly invalidateMultipass?: (
    current: Current,
    sub: Ptr<"mmu_interval_notifier">,
    range: MmuNotifierRange,
    curSeq: number,
    slot: PassSlot,
  ) => Run<boolean>;
  /** With a counter of passes (Gunthorpe): pass 0 and, as long as any notifier wants one, another. PASS_*. */
  readonly invalidatePass?: (
    current: Current,
    sub: Ptr<"mmu_interval_notifier">,
    range: MmuNotifierRange,
    curSeq: number,
    pass: number,
  ) => Run<number>;
  /** With two callbacks and a second walk (Popple): start. False: could not, in a non-blockable range. */
  readonly invalidateBegin?: (
    current: Current,
    sub: Ptr<"mmu_interval_notifier">,
    range: MmuNotifierRange,
    curSeq: number,
  ) => Run<boolean>;
  /** Wait for what was started. Cannot fail. */
  readonly invalidateEnd?: (
    current: Current,
    sub: Ptr<"mmu_interval_notifier">,
    range: MmuNotifierRange,
    curSeq: number,
  ) => Run<void>;
}

/** `struct mmu_notifier_ops` of classic (hlist) notifiers. */
export interface MmuNotifierOps {
  readonly release?: (current: Current, subscription: Ptr<"mmu_notifier">, mm: Ptr<"mm_struct">) => Run<void>;
  readonly clearFlushYoung?: (
    current: Current,
    subscription: Ptr<"mmu_notifier">,
    mm: Ptr<"mm_struct">,
    start: bigint,
    end: bigint,
  ) => Run<boolean>;
  readonly clearYoung?: (
    current: Current,
    subscription: Ptr<"mmu_notifier">,
    mm: Ptr<"mm_struct">,
    start: bigint,
    end: bigint,
  ) => Run<boolean>;
  readonly testYoung?: (
    current: Current,
    subscription: Ptr<"mmu_notifier">,
    mm: Ptr<"mm_struct">,
    address: bigint,
  ) => Run<boolean>;
  /** 0, or -EAGAIN in a non-blockable range. */
  readonly invalidateRangeStart?: (current: Current, subscription: Ptr<"mmu_notifier">, range: MmuNotifierRange) => Run<number>;
  readonly invalidateRangeEnd?: (current: Current, subscription: Ptr<"mmu_notifier">, range: MmuNotifierRange) => Run<void>;
  readonly archInvalidateSecondaryTlbs?: (
    current: Current,
    subscription: Ptr<"mmu_notifier">,
    mm: Ptr<"mm_struct">,
    start: bigint,
    end: bigint,
  ) => Run<void>;
  /** A new notifier, or a negative error. */
  readonly allocNotifier?: (current: Current, mm: Ptr<"mm_struct">) => Run<Ptr<"mmu_notifier"> | number>;
  readonly freeNotifier?: (current: Current, subscription: Ptr<"mmu_notifier">) => Run<void>;
}
