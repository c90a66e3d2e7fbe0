// Like examples/driver/zap_first.ts on purpose: what a tutorial shows has to stand there whole.
import { read, readPtr } from "../../machine/access.ts";
import type { Layout } from "../../machine/layout.ts";
import type { Run } from "../../machine/step.ts";
import { embedded, type Ptr } from "../../machine/struct.ts";
import { GpuVm, type Gpu } from "../../device/gpu.ts";
import type { Current } from "../../kernel/current.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import { mutexLock, mutexUnlock } from "../../kernel/locking/mutex.ts";
import { mmuIntervalSetSeq } from "../../kernel/mmu_notifier/interval.ts";
import type { MmuNotifierRange } from "../../kernel/mmu_notifier/types.ts";
import type { Driver } from "../driver.ts";
import { gpuPtZap } from "../parts/gpu_page_table.ts";
import { chunkOf, clipToChunk } from "./svm/chunk.ts";
import { invalidateWithoutBlocking } from "./svm/non_blocking.ts";
import { hwOf, Svm, SvmChunk, SvmVm } from "./svm/svm.ts";
import { SvmDriver } from "./svm/svm_driver.ts";
import { tlbInvalIssueRange, tlbInvalWaitFlushed } from "../parts/tlb_inval.ts";
import type { FlushRange } from "../parts/tlb_inval_range.ts";

/**
 * The single-pass design (RULES d 1): everything in one callback, all of it under the user lock. What makes it simple is that
 * whoever holds the lock knows that nothing is under way (RULES 21); what makes it slow is that the GPUs wait one after the other
 * (RULES 23), so that it does not scale to several, which is what the series was written for (Hellström's cover letter, RULES c).
 */
export function singlePass(layout: Layout, kernel: Kernel, gpus: readonly Gpu[]): Driver {
  const svm = new Svm(layout, kernel, gpus);
  return new SvmDriver("single-pass", svm, {
    invalidate: (current, notifier, range, curSeq) => invalidate(current, svm, notifier, range, curSeq),
  });
}

function* invalidate(
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
    yield* flush(current, svm, vm, clip);
  }
  yield* mutexUnlock(current, embedded(vm, SvmVm.notifierLock));
  return true;
}

function* flush(current: Current, svm: Svm, vm: Ptr<"svm_vm">, clip: FlushRange): Run<void> {
  const asid = yield* read(current, hwOf(vm), GpuVm.asid);
  const tlbInval = svm.tlbInvalOf(current, vm);
  const fence = svm.stackFences.of(current);
  yield* tlbInvalIssueRange(current, tlbInval, fence, asid, clip.start, clip.end);
  yield* tlbInvalWaitFlushed(current, tlbInval, fence, asid);
}
