import { cmpxchg, readAddr, readOnce, storeRelease, write, writeAddr } from "../machine/access.ts";
import { PAGE_SIZE } from "../machine/pte.ts";
import type { Run } from "../machine/step.ts";
import { containerOf, embedded, struct, u32, u64, type Ptr } from "../machine/struct.ts";
import type { Current } from "../kernel/current.ts";
import { HMM_PFN_REQ_FAULT, hmmPfn, hmmRangeFault, type HmmRange } from "../kernel/hmm/hmm_range_fault.ts";
import { Mutex, mutexLock, mutexTryLock, mutexUnlock } from "../kernel/locking/mutex.ts";
import { downRead, downReadTrylock, upRead } from "../kernel/locking/rwsem.ts";
import { MmStruct } from "../kernel/mm/mm_struct.ts";
import { mmuIntervalNotifierInsert, mmuIntervalNotifierRemove, mmuIntervalSetSeq } from "../kernel/mmu_notifier/interval.ts";
import { mmuNotifierInvalidateRangeEnd, mmuNotifierInvalidateRangeStartNonblock } from "../kernel/mmu_notifier/invalidate.ts";
import { mmuNotifierRangeInit } from "../kernel/mmu_notifier/range.ts";
import { mmuIntervalReadBegin, mmuIntervalReadRetry } from "../kernel/mmu_notifier/read.ts";
import { MmuIntervalNotifier, MmuIntervalNotifierFinish } from "../kernel/mmu_notifier/structs.ts";
import { MMU_NOTIFY_CLEAR, type MmuIntervalNotifierOps } from "../kernel/mmu_notifier/types.ts";

/** What a two-pass notifier of this kind leaves to its second pass: nothing but being finished. */
const ChurnFinish = struct("churn_finish", { base: MmuIntervalNotifierFinish, inUse: u32 });

/**
 * A small software mirror of one run of pages: a notifier and a flag that says whether what was read through it still
 * holds. Its `user` lock is the one that callbacks take; `life` guards insert and remove and is never taken in a callback (RULES
 * 38).
 */
export const ChurnNotifier = struct("churn_notifier", {
  notifier: MmuIntervalNotifier,
  life: Mutex,
  user: Mutex,
  isInserted: u32,
  /** First byte that the notifier covers. */
  start: u64,
  /** Frame of the first page when last looked up, valid until invalidated. */
  pfn: u32,
  isValid: u32,
  finish: ChurnFinish,
});

/** Everything in one pass, and nothing in a range that must not block, as xe does it (RULES 47). */
export const singlePassOps: MmuIntervalNotifierOps = {
  *invalidate(current, sub, range, curSeq) {
    const churn = containerOf(sub, ChurnNotifier.notifier);
    if (!range.blockable) return false;
    yield* mutexLock(current, embedded(churn, ChurnNotifier.user));
    yield* drop(current, churn, curSeq);
    yield* mutexUnlock(current, embedded(churn, ChurnNotifier.user));
    return true;
  },
};

/** The same with a second pass that waits for nothing, so that it may be promised to a range that must not block (RULES 29). */
export const twoPassOps: MmuIntervalNotifierOps = {
  *invalidateStart(current, sub, range, curSeq, slot) {
    const churn = containerOf(sub, ChurnNotifier.notifier);
    const user = embedded(churn, ChurnNotifier.user);
    if (range.blockable) yield* mutexLock(current, user);
    else if (!(yield* mutexTryLock(current, user))) return false;
    yield* drop(current, churn, curSeq);
    const finish = embedded(churn, ChurnNotifier.finish);
    // Else done already, in this pass (RULES 20).
    if ((yield* cmpxchg(current, finish, ChurnFinish.inUse, 0, 1)) === 0) slot.finish = embedded(finish, ChurnFinish.base);
    yield* mutexUnlock(current, user);
    return true;
  },
  *invalidateFinish(current, base) {
    yield* storeRelease(current, containerOf(base, ChurnFinish.base), ChurnFinish.inUse, 0);
  },
  /** For cores of another design, which know nothing of finish objects. */
  *invalidate(current, sub, range, curSeq) {
    const churn = containerOf(sub, ChurnNotifier.notifier);
    const user = embedded(churn, ChurnNotifier.user);
    if (range.blockable) yield* mutexLock(current, user);
    else if (!(yield* mutexTryLock(current, user))) return false;
    yield* drop(current, churn, curSeq);
    yield* mutexUnlock(current, user);
    return true;
  },
};

/** What was read holds no longer. Under the user lock. */
function* drop(current: Current, churn: Ptr<"churn_notifier">, curSeq: number): Run<void> {
  yield* mmuIntervalSetSeq(current, embedded(churn, ChurnNotifier.notifier), curSeq);
  yield* write(current, churn, ChurnNotifier.isValid, 0);
}

/** Insert a notifier that is out, for [start, start + length). The caller holds its `life` lock. */
export function* insertChurn(
  current: Current,
  churn: Ptr<"churn_notifier">,
  mm: Ptr<"mm_struct">,
  start: number,
  length: number,
  ops: number,
): Run<void> {
  const sub = embedded(churn, ChurnNotifier.notifier);
  yield* write(current, churn, ChurnNotifier.isValid, 0);
  yield* writeAddr(current, churn, ChurnNotifier.start, start);
  const error = yield* mmuIntervalNotifierInsert(current, sub, mm, BigInt(start), BigInt(length), ops);
  if (error === 0) yield* write(current, churn, ChurnNotifier.isInserted, 1);
}

/**
 * As the OOM reaper asks, but nothing is taken: a range that must not block, and may be refused. Under mmap_lock, so that the
 * first notifier cannot come between start and end (RULES 41).
 */
export function* invalidateWithoutBlocking(current: Current, mm: Ptr<"mm_struct">, start: number, end: number): Run<void> {
  const mmapLock = embedded(mm, MmStruct.mmapLock);
  if (!(yield* downReadTrylock(current, mmapLock))) return;
  const range = mmuNotifierRangeInit(current, mm, start, end, MMU_NOTIFY_CLEAR);
  if ((yield* mmuNotifierInvalidateRangeStartNonblock(current, range)) === 0) {
    yield* mmuNotifierInvalidateRangeEnd(current, range);
  }
  yield* upRead(current, mmapLock);
}

/** One round of the reader's side: begin, look the page up, keep it if nothing came between. */
export function* look(current: Current, mm: Ptr<"mm_struct">, churn: Ptr<"churn_notifier">): Run<void> {
  const va = yield* readAddr(current, churn, ChurnNotifier.start);
  const sub = embedded(churn, ChurnNotifier.notifier);
  const user = embedded(churn, ChurnNotifier.user);
  const seq = yield* mmuIntervalReadBegin(current, sub);
  const range: HmmRange = {
    notifier: sub,
    notifierSeq: seq,
    start: va,
    end: va + PAGE_SIZE,
    pfns: new Int32Array(1),
    defaultFlags: HMM_PFN_REQ_FAULT,
    pfnFlagsMask: 0,
    devPrivateOwner: 0,
  };
  const mmapLock = embedded(mm, MmStruct.mmapLock);
  yield* downRead(current, mmapLock);
  const error = yield* hmmRangeFault(current, range);
  yield* upRead(current, mmapLock);
  if (error !== 0) return;
  yield* mutexLock(current, user);
  if (!(yield* mmuIntervalReadRetry(current, sub, seq))) {
    yield* write(current, churn, ChurnNotifier.pfn, hmmPfn(range.pfns[0]));
    yield* write(current, churn, ChurnNotifier.isValid, 1);
  }
  yield* mutexUnlock(current, user);
}

export function* removeIfInserted(current: Current, churn: Ptr<"churn_notifier">): Run<void> {
  const life = embedded(churn, ChurnNotifier.life);
  yield* mutexLock(current, life);
  if ((yield* readOnce(current, churn, ChurnNotifier.isInserted)) === 1) {
    yield* mmuIntervalNotifierRemove(current, embedded(churn, ChurnNotifier.notifier));
    yield* write(current, churn, ChurnNotifier.isInserted, 0);
  }
  yield* mutexUnlock(current, life);
}
