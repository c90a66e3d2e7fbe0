// Like zap_first.ts and src/driver/argued/single_pass.ts but for the order of two lines, on purpose: that order is what it is
// about.
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

/**
 * A driver that is wrong on purpose: its notifier flushes the GPU's TLB, waits, and only then clears the page-table entries.
 * Between the two, an access of the GPU walks the entry that is still there and fills the TLB anew.
 */
export const driver: DriverFactory = (_options, layout, kernel, gpus) => {
  const svm = new Svm(layout, kernel, gpus);
  return new SvmDriver("flush-first", svm, {
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
  yield* flush(current, svm, vm, clip.start, clip.end);
  yield* gpuPtZap(current, svm.gpuOf(current, vm), hwOf(vm), clip.start, clip.end);
  yield* mutexUnlock(current, embedded(vm, SvmVm.notifierLock));
  return true;
}

function* flush(current: Current, svm: Svm, vm: Ptr<"svm_vm">, start: number, end: number): Run<void> {
  const asid = yield* read(current, hwOf(vm), GpuVm.asid);
  const fence = svm.stackFences.of(current);
  yield* tlbInvalIssueRange(current, svm.tlbInvalOf(current, vm), fence, asid, start, end);
  yield* tlbInvalWaitFlushed(current, svm.tlbInvalOf(current, vm), fence, asid);
}
