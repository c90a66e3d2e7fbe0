import { readPtr } from "../../../machine/access.ts";
import type { Run } from "../../../machine/step.ts";
import { embedded, NULL, type Ptr } from "../../../machine/struct.ts";
import type { Current } from "../../../kernel/current.ts";
import { mutexLock, mutexUnlock } from "../../../kernel/locking/mutex.ts";
import { mmuIntervalSetSeq } from "../../../kernel/mmu_notifier/interval.ts";
import type { MmuNotifierRange } from "../../../kernel/mmu_notifier/types.ts";
import { gpuPtZap } from "../../parts/gpu_page_table.ts";
import { tlbInvalJoin } from "../../parts/tlb_inval.ts";
import { chunkOf, clipToChunk } from "./chunk.ts";
import { flushUnderWay, sendFlush, waitForFlush } from "./chunk_flush.ts";
import { invalidateWithoutBlocking } from "./non_blocking.ts";
import { hwOf, SvmChunk, SvmVm, type Svm } from "./svm.ts";

/**
 * Start and end of an invalidation that keep nothing of their own from one to the other: all that is remembered is the number
 * of the chunk's latest flush. That is enough because the GPU answers in order: who waits for the latest waits for all before it,
 * its own among them. The price is to wait, now and then, for a flush that somebody else sent later.
 */

/** Zap, and send a flush that nobody waits for yet. False: could not, in a range that must not block. */
export function* zapAndSend(
  current: Current,
  svm: Svm,
  notifier: Ptr<"mmu_interval_notifier">,
  range: MmuNotifierRange,
  curSeq: number,
): Run<boolean> {
  const chunk = chunkOf(notifier);
  const vm: Ptr<"svm_vm"> = yield* readPtr(current, chunk, SvmChunk.vm);
  const clip = yield* clipToChunk(current, chunk, range);
  if (!range.blockable) return yield* invalidateWithoutBlocking(current, svm, chunk, vm, clip, curSeq);
  yield* mutexLock(current, embedded(vm, SvmVm.notifierLock));
  yield* mmuIntervalSetSeq(current, notifier, curSeq);
  if (yield* gpuPtZap(current, svm.gpuOf(current, vm), hwOf(vm), clip.start, clip.end)) {
    yield* sendFlush(current, svm, vm, chunk, NULL, clip);
  }
  yield* mutexUnlock(current, embedded(vm, SvmVm.notifierLock));
  return true;
}

/**
 * Wait for the latest flush, if there is one under way. In a range that must not block nothing was sent, and what is under way
 * is not this range's: only the range tells that apart, since there is no other place for it (RULES 29).
 */
export function* waitForLatest(
  current: Current,
  svm: Svm,
  notifier: Ptr<"mmu_interval_notifier">,
  range: MmuNotifierRange,
): Run<void> {
  if (!range.blockable) return;
  const chunk = chunkOf(notifier);
  const seqno = yield* flushUnderWay(current, chunk);
  if (seqno === 0) return;
  const vm: Ptr<"svm_vm"> = yield* readPtr(current, chunk, SvmChunk.vm);
  const fence = svm.stackFences.of(current);
  yield* tlbInvalJoin(current, svm.tlbInvalOf(current, vm), fence, seqno);
  yield* waitForFlush(current, svm, chunk, fence);
}
