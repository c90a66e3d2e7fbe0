import { readPtr } from "../../machine/access.ts";
import type { Layout } from "../../machine/layout.ts";
import type { Run } from "../../machine/step.ts";
import { embedded, type Ptr } from "../../machine/struct.ts";
import type { Gpu } from "../../device/gpu.ts";
import type { Current } from "../../kernel/current.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import { mutexLock, mutexUnlock } from "../../kernel/locking/mutex.ts";
import { mmuIntervalSetSeq } from "../../kernel/mmu_notifier/interval.ts";
import { PASS_AGAIN, PASS_DONE, PASS_REFUSED, type MmuNotifierRange } from "../../kernel/mmu_notifier/types.ts";
import type { Driver } from "../driver.ts";
import { gpuPtZap } from "../parts/gpu_page_table.ts";
import { chunkOf, clipToChunk } from "./svm/chunk.ts";
import { flushUnderWay, sendFlush, waitForFlush } from "./svm/chunk_flush.ts";
import { invalidateWithoutBlocking } from "./svm/non_blocking.ts";
import { hwOf, Svm, SvmChunk, SvmFinish, SvmVm } from "./svm/svm.ts";
import { SvmDriver } from "./svm/svm_driver.ts";

/**
 * A pass counter and a return code (RULES d 3; Gunthorpe), as a driver would write it who takes the sketch at its word: what is
 * to be waited for has no place but the notifier, so there is one fence in it. Unsound, as Brost said on 18 Aug 2025 when he was
 * asked: a notifier that is invoked again before it has finished sends its flush with the fence that is still pending
 * (docs/findings/3). pass_counter_seqno.ts beside it is the form that works.
 */
export function passCounter(layout: Layout, kernel: Kernel, gpus: readonly Gpu[]): Driver {
  const svm = new Svm(layout, kernel, gpus);
  return new SvmDriver("pass-counter", svm, {
    invalidatePass: (current, notifier, range, curSeq, pass) =>
      pass === 0 ? start(current, svm, notifier, range, curSeq) : finish(current, svm, notifier),
  });
}

function* start(
  current: Current,
  svm: Svm,
  notifier: Ptr<"mmu_interval_notifier">,
  range: MmuNotifierRange,
  curSeq: number,
): Run<number> {
  const chunk = chunkOf(notifier);
  const vm: Ptr<"svm_vm"> = yield* readPtr(current, chunk, SvmChunk.vm);
  const clip = yield* clipToChunk(current, chunk, range);
  if (!range.blockable)
    return (yield* invalidateWithoutBlocking(current, svm, chunk, vm, clip, curSeq)) ? PASS_DONE : PASS_REFUSED;
  yield* mutexLock(current, embedded(vm, SvmVm.notifierLock));
  yield* mmuIntervalSetSeq(current, notifier, curSeq);
  const hasZapped = yield* gpuPtZap(current, svm.gpuOf(current, vm), hwOf(vm), clip.start, clip.end);
  if (hasZapped) yield* sendFlush(current, svm, vm, chunk, fenceOf(chunk), clip);
  const isUnderWay = (yield* flushUnderWay(current, chunk)) !== 0; // also one that another invocation sent (RULES 21)
  yield* mutexUnlock(current, embedded(vm, SvmVm.notifierLock));
  return isUnderWay ? PASS_AGAIN : PASS_DONE;
}

function* finish(current: Current, svm: Svm, notifier: Ptr<"mmu_interval_notifier">): Run<number> {
  const chunk = chunkOf(notifier);
  if ((yield* flushUnderWay(current, chunk)) !== 0) yield* waitForFlush(current, svm, chunk, fenceOf(chunk));
  return PASS_DONE;
}

/** The one fence of the notifier. */
function fenceOf(chunk: Ptr<"svm_chunk">): Ptr<"tlb_inval_fence"> {
  return embedded(embedded(chunk, SvmChunk.finish), SvmFinish.flush);
}
