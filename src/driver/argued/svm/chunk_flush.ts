import { cmpxchg, loadAcquire, read, readPtr, writeOnce } from "../../../machine/access.ts";
import type { Run } from "../../../machine/step.ts";
import type { Ptr } from "../../../machine/struct.ts";
import { GpuVm } from "../../../device/gpu.ts";
import type { Current } from "../../../kernel/current.ts";
import { tlbInvalIssueRange, tlbInvalWaitFlushed } from "../../parts/tlb_inval.ts";
import { TlbInvalFence } from "../../parts/tlb_inval_fence.ts";
import type { FlushRange } from "../../parts/tlb_inval_range.ts";
import { hwOf, SvmChunk, type Svm } from "./svm.ts";

/** TLB invalidations of a chunk that outlive the user lock under which they were sent: others have to find them (RULES 21). */

/** Number of the chunk's latest flush; 0: what was sent has been waited for, by somebody. */
export function flushUnderWay(current: Current, chunk: Ptr<"svm_chunk">): Run<number> {
  return loadAcquire(current, chunk, SvmChunk.lastFlush);
}

/** Under the user lock: from now on others that meet this chunk wait for this flush. */
export function* sendFlush(
  current: Current,
  svm: Svm,
  vm: Ptr<"svm_vm">,
  chunk: Ptr<"svm_chunk">,
  fence: Ptr<"tlb_inval_fence">,
  clip: FlushRange,
): Run<void> {
  const asid = yield* read(current, hwOf(vm), GpuVm.asid);
  const seqno = yield* tlbInvalIssueRange(current, svm.tlbInvalOf(current, vm), fence, asid, clip.start, clip.end);
  yield* writeOnce(current, chunk, SvmChunk.lastFlush, seqno);
}

/**
 * Wait for the flush, without the user lock. Invalidations are answered in order, so the chunk's latest flush being done means
 * that all its earlier ones are; only then is there nothing left to wait for.
 */
export function* waitForFlush(current: Current, svm: Svm, chunk: Ptr<"svm_chunk">, fence: Ptr<"tlb_inval_fence">): Run<void> {
  const vm: Ptr<"svm_vm"> = yield* readPtr(current, chunk, SvmChunk.vm);
  const asid = yield* read(current, hwOf(vm), GpuVm.asid);
  const seqno = yield* read(current, fence, TlbInvalFence.seqno);
  yield* tlbInvalWaitFlushed(current, svm.tlbInvalOf(current, vm), fence, asid);
  yield* cmpxchg(current, chunk, SvmChunk.lastFlush, seqno, 0);
}
