// Like flush_first.ts but for the order of two lines, on purpose: that order is what it is about.
import {
  chunkOf,
  clipToChunk,
  embedded,
  gpuPtZap,
  GpuVm,
  hwOf,
  invalidateWithoutBlocking,
  mmuIntervalSetSeq,
  mutexLock,
  mutexUnlock,
  read,
  readPtr,
  Svm,
  SvmChunk,
  SvmDriver,
  SvmVm,
  tlbInvalIssueRange,
  tlbInvalWaitFlushed,
  type Current,
  type DriverFactory,
  type MmuNotifierRange,
  type Ptr,
  type Run,
} from "shootdown";

/** The driver of flush_first.ts put right: what was cleared is flushed, and waited for, before the lock is dropped. */
export const driver: DriverFactory = (_options, layout, kernel, gpus) => {
  const svm = new Svm(layout, kernel, gpus);
  return new SvmDriver("zap-first", svm, {
    invalidate: (current, notifier, range, curSeq) => invalidate(current, svm, notifier, range, curSeq),
  });
};

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
  const hasZapped = yield* gpuPtZap(current, svm.gpuOf(current, vm), hwOf(vm), clip.start, clip.end);
  if (hasZapped) yield* flush(current, svm, vm, clip.start, clip.end);
  yield* mutexUnlock(current, embedded(vm, SvmVm.notifierLock));
  return true;
}

function* flush(current: Current, svm: Svm, vm: Ptr<"svm_vm">, start: number, end: number): Run<void> {
  const asid = yield* read(current, hwOf(vm), GpuVm.asid);
  const fence = svm.stackFences.of(current);
  yield* tlbInvalIssueRange(current, svm.tlbInvalOf(current, vm), fence, asid, start, end);
  yield* tlbInvalWaitFlushed(current, svm.tlbInvalOf(current, vm), fence, asid);
}
