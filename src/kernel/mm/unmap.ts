import type { Run } from "../../machine/step.ts";
import type { Ptr } from "../../machine/struct.ts";
import type { Current } from "../current.ts";
import { ENOMEM } from "../errno.ts";
import { mmuNotifierInvalidateRangeEnd, mmuNotifierInvalidateRangeStart } from "../mmu_notifier/invalidate.ts";
import { mmuNotifierRangeInit } from "../mmu_notifier/range.ts";
import { MMU_NOTIFY_UNMAP } from "../mmu_notifier/types.ts";
import { freePgtables } from "./free_pgtables.ts";
import { finishMmu, gatherMmu } from "./mmu_gather.ts";
import { freeVma, unlinkVma } from "./vma_free.ts";
import { splitVma } from "./vma_split.ts";
import { detachVma, vmasIn, type Vma } from "./vma.ts";
import { zapRange } from "./zap.ts";

/**
 * Take the VMAs of [start, end) out of the mm's tree, cut at the ends. mmap_lock held for write.
 * -ENOMEM: a VMA could not be cut; nothing is taken out then.
 */
export function* detachRange(current: Current, mm: Ptr<"mm_struct">, start: number, end: number): Run<Vma[] | number> {
  const vmas = yield* vmasIn(current, mm, start, end);
  if (vmas.length === 0) return vmas;
  if (vmas[0].start < start) {
    const split = yield* splitVma(current, vmas[0], start);
    if (split === null) return ENOMEM;
    vmas[0] = split.right;
  }
  const last = vmas[vmas.length - 1];
  if (last.end > end) {
    const split = yield* splitVma(current, last, end);
    if (split === null) return ENOMEM;
    vmas[vmas.length - 1] = split.left;
  }
  for (const vma of vmas) yield* detachVma(current, vma);
  return vmas;
}

/** Unmap [start, end), whose VMAs are detached, and free all that belonged to them. mmap_lock held. */
export function* unmapDetached(
  current: Current,
  mm: Ptr<"mm_struct">,
  vmas: readonly Vma[],
  start: number,
  end: number,
): Run<void> {
  const range = mmuNotifierRangeInit(current, mm, start, end, MMU_NOTIFY_UNMAP);
  yield* mmuNotifierInvalidateRangeStart(current, range);
  const gather = gatherMmu(mm, start, end);
  for (const vma of vmas) yield* zapRange(current, gather, vma.start, vma.end);
  yield* finishMmu(current, gather);
  yield* mmuNotifierInvalidateRangeEnd(current, range);
  for (const vma of vmas) yield* unlinkVma(current, vma);
  yield* freePgtables(current, mm, start, end);
  for (const vma of vmas) yield* freeVma(current, vma);
}
