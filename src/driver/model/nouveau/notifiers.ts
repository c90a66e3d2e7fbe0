import { readPtr } from "../../../machine/access.ts";
import { TASK_SIZE } from "../../../machine/pte.ts";
import { containerOf, embedded, type Ptr } from "../../../machine/struct.ts";
import { EAGAIN } from "../../../kernel/errno.ts";
import { mutexLock, mutexTryLock, mutexUnlock } from "../../../kernel/locking/mutex.ts";
import { mmuIntervalSetSeq } from "../../../kernel/mmu_notifier/interval.ts";
import { MMU_NOTIFY_MIGRATE, type MmuIntervalNotifierOps, type MmuNotifierOps } from "../../../kernel/mmu_notifier/types.ts";
import { ownerOf } from "../../owner.ts";
import { NouveauFault, NouveauSvmm, unmapRange, type Nouveau } from "./nouveau.ts";

/** The classic notifier, which does the work. It has no range_end, and may therefore refuse (RULES 31). */
export function svmmOps(nouveau: Nouveau): MmuNotifierOps {
  return {
    *invalidateRangeStart(current, subscription, range) {
      if (!range.blockable) return EAGAIN;
      const svmm = containerOf(subscription, NouveauSvmm.notifier);
      // unmaps by itself (RULES 74)
      if (range.event === MMU_NOTIFY_MIGRATE && range.owner === ownerOf(nouveau.gpuOf(current, svmm))) return 0;
      yield* mutexLock(current, embedded(svmm, NouveauSvmm.mutex));
      yield* unmapRange(current, nouveau, svmm, Number(range.start), Number(range.end));
      yield* mutexUnlock(current, embedded(svmm, NouveauSvmm.mutex));
      return 0;
    },
    /** The process ends, or the notifier is unregistered: from now on nobody tells of pages that are freed. */
    *release(current, subscription) {
      const svmm = containerOf(subscription, NouveauSvmm.notifier);
      yield* mutexLock(current, embedded(svmm, NouveauSvmm.mutex));
      yield* unmapRange(current, nouveau, svmm, 0, TASK_SIZE);
      yield* mutexUnlock(current, embedded(svmm, NouveauSvmm.mutex));
    },
  };
}

/**
 * The interval notifier of a fault: it only makes the fault start over. It is called before the classic one (RULES 24), so that
 * what the fault committed before is there to be unmapped, and after that it commits nothing.
 */
export const faultOps: MmuIntervalNotifierOps = {
  *invalidate(current, sub, range, curSeq) {
    const svmm: Ptr<"nouveau_svmm"> = yield* readPtr(current, containerOf(sub, NouveauFault.notifier), NouveauFault.svmm);
    const mutex = embedded(svmm, NouveauSvmm.mutex);
    if (range.blockable) yield* mutexLock(current, mutex);
    else if (!(yield* mutexTryLock(current, mutex))) return false;
    yield* mmuIntervalSetSeq(current, sub, curSeq);
    yield* mutexUnlock(current, mutex);
    return true;
  },
};
