import { writeOnce } from "../../machine/access.ts";
import type { Run } from "../../machine/step.ts";
import type { Ptr } from "../../machine/struct.ts";
import type { Current } from "../../kernel/current.ts";
import { MMU_NOTIFY_UNMAP } from "../../kernel/mmu_notifier/types.ts";
import { gpuPtZap } from "../gpu_page_table.ts";
import type { FlushRange } from "../tlb_inval_range.ts";
import { hasValidMapping } from "./bind.ts";
import { addGarbage } from "./garbage.ts";
import { GpusvmRange, hwOf, type Gpusvm } from "./gpusvm.ts";
import { unmapPages } from "./pages.ts";
import { extentOf, type Extent } from "./range.ts";

/** The parts of an invalidation (RULES 61). The caller holds the notifier lock for writing. */

/**
 * Take the ranges that an invalidation of `clip` has hit out of the page table, and mark their tiles. What has to be flushed then;
 * null: they were out of it before.
 *
 * As merged, that is made of `clip` and the last range alone. The others are flushed too, because what the hardware flushes is
 * a block that contains any aligned block it meets (RULES 66).
 */
export function* zapRanges(
  current: Current, gpusvm: Gpusvm, vm: Ptr<"gpusvm_vm">, ranges: readonly Ptr<"gpusvm_range">[], clip: Extent,
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

/** Once the TLB is flushed: the device gives the pages back, and what the process has unmapped becomes garbage. */
export function* releaseRanges(
  current: Current, gpusvm: Gpusvm, vm: Ptr<"gpusvm_vm">, ranges: readonly Ptr<"gpusvm_range">[], event: number,
): Run<void> {
  for (const range of ranges) {
    yield* unmapPages(current, gpusvm, vm, range);
    if (event === MMU_NOTIFY_UNMAP) yield* addGarbage(current, vm, range);
  }
}
