import { readPtr, writeOnce } from "../../../machine/access.ts";
import type { Run } from "../../../machine/step.ts";
import { embedded, type Ptr } from "../../../machine/struct.ts";
import type { Current } from "../../../kernel/current.ts";
import { downWrite } from "../../../kernel/locking/rwsem.ts";
import { mmuIntervalSetSeq } from "../../../kernel/mmu_notifier/interval.ts";
import { MMU_NOTIFY_UNMAP, type MmuNotifierRange } from "../../../kernel/mmu_notifier/types.ts";
import { gpuPtZap } from "../../parts/gpu_page_table.ts";
import type { FlushRange } from "../../parts/tlb_inval_range.ts";
import { hasValidMapping, waitForBinds } from "./bind.ts";
import { addGarbage } from "./garbage.ts";
import { GpusvmNotifier, GpusvmRange, GpusvmVm, hwOf, notifierOf, type Gpusvm } from "./gpusvm.ts";
import { clipToNotifier } from "./notifier.ts";
import { unmapPages } from "./pages.ts";
import { extentOf, rangesIn, type Extent } from "./range.ts";

/** The parts of an invalidation (RULES 61). */

/** What was zapped under the notifier lock. */
export interface Zapped {
  readonly notifier: Ptr<"gpusvm_notifier">;
  readonly vm: Ptr<"gpusvm_vm">;
  /** The part of the invalidated range that the notifier watches. */
  readonly clip: Extent;
  readonly ranges: readonly Ptr<"gpusvm_range">[];
  /** What is to be flushed; null: nothing. */
  readonly flush: FlushRange | null;
}

/** With what all designs begin. The notifier lock is taken, for writing, and stays so. */
export function* lockAndZap(
  current: Current,
  svm: Gpusvm,
  sub: Ptr<"mmu_interval_notifier">,
  range: MmuNotifierRange,
  curSeq: number,
): Run<Zapped> {
  const notifier = notifierOf(sub);
  const vm: Ptr<"gpusvm_vm"> = yield* readPtr(current, notifier, GpusvmNotifier.vm);
  yield* downWrite(current, embedded(vm, GpusvmVm.notifierLock));
  yield* mmuIntervalSetSeq(current, sub, curSeq);
  const clip = yield* clipToNotifier(current, notifier, range);
  yield* waitForBinds(current, vm); // so that no entry is written after the zap (RULES 65)
  const ranges = yield* rangesIn(current, notifier, clip);
  return { notifier, vm, clip, ranges, flush: yield* zapRanges(current, svm, vm, ranges, clip) };
}

/**
 * Take the ranges that an invalidation of `clip` has hit out of the page table, and mark their tiles. What has to be flushed
 * then; null: they were out of it before.
 *
 * As merged, that is made of `clip` and the last range alone. The others are flushed too, because what the hardware flushes is
 * a block that contains any aligned block it meets (RULES 66).
 */
function* zapRanges(
  current: Current,
  gpusvm: Gpusvm,
  vm: Ptr<"gpusvm_vm">,
  ranges: readonly Ptr<"gpusvm_range">[],
  clip: Extent,
): Run<FlushRange | null> {
  let flush: FlushRange | null = null;
  for (const range of ranges) {
    if (!(yield* hasValidMapping(current, range))) continue;
    const { start, end } = yield* extentOf(current, range);
    yield* gpuPtZap(current, gpusvm.gpuOf(current, vm), hwOf(vm), start, end);
    yield* writeOnce(current, range, GpusvmRange.tileInvalidated, 1);
    flush = { start: Math.min(start, clip.start), end: Math.max(end, clip.end) };
  }
  return flush;
}

/**
 * Once the TLB is flushed: the device gives the pages back, and what the process has unmapped becomes garbage. The caller holds
 * the notifier lock for writing.
 */
export function* releaseRanges(
  current: Current,
  gpusvm: Gpusvm,
  vm: Ptr<"gpusvm_vm">,
  ranges: readonly Ptr<"gpusvm_range">[],
  event: number,
): Run<void> {
  for (const range of ranges) {
    yield* unmapPages(current, gpusvm, vm, range);
    if (event === MMU_NOTIFY_UNMAP) yield* addGarbage(current, vm, range);
  }
}
