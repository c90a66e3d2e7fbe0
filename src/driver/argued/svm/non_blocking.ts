import { loadAcquire } from "../../../machine/access.ts";
import type { Run } from "../../../machine/step.ts";
import { embedded, type Ptr } from "../../../machine/struct.ts";
import type { Current } from "../../../kernel/current.ts";
import { mutexTryLock, mutexUnlock } from "../../../kernel/locking/mutex.ts";
import { mmuIntervalSetSeq } from "../../../kernel/mmu_notifier/interval.ts";
import type { FlushRange } from "../../parts/tlb_inval_range.ts";
import { gpuPtHasAny } from "../../parts/gpu_page_table.ts";
import { hwOf, SvmChunk, type Svm } from "./svm.ts";

/**
 * Invalidation in a range that must not block: true only if there is nothing to wait for, neither a lock nor a flush
 * (RULES 29). False leaves everything as it was, also the sequence number.
 */
export function* invalidateWithoutBlocking(
  current: Current,
  svm: Svm,
  chunk: Ptr<"svm_chunk">,
  vm: Ptr<"svm_vm">,
  clip: FlushRange,
  curSeq: number,
): Run<boolean> {
  const lock = svm.userLockOf(current, chunk);
  if (!(yield* mutexTryLock(current, lock))) return false;
  const isIdle =
    (yield* loadAcquire(current, chunk, SvmChunk.lastFlush)) === 0 &&
    !(yield* gpuPtHasAny(current, svm.gpuOf(current, vm), hwOf(vm), clip.start, clip.end));
  if (isIdle) yield* mmuIntervalSetSeq(current, embedded(chunk, SvmChunk.notifier), curSeq);
  yield* mutexUnlock(current, lock);
  return isIdle;
}
