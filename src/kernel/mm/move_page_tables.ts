import { PAGE_SIZE } from "../../machine/pte.ts";
import type { Run } from "../../machine/step.ts";
import type { Ptr } from "../../machine/struct.ts";
import type { Current } from "../current.ts";
import { spinLock, spinUnlock } from "../locking/spinlock.ts";
import { mmuNotifierInvalidateRangeEnd, mmuNotifierInvalidateRangeStart } from "../mmu_notifier/invalidate.ts";
import { mmuNotifierRangeInit } from "../mmu_notifier/range.ts";
import { MMU_NOTIFY_UNMAP } from "../mmu_notifier/types.ts";
import { flushTlbRange } from "./flush_tlb.ts";
import { allocLeaf, clearPte, lockLeaf, nextBoundary, peekPte, ptlOf, setPte, unlockLeaf, visitLeaf } from "./page_table.ts";

/** Move the entries of [from, from + size) to `to`; false if out of memory, some having been moved. mmap_lock held for write. */
export function* movePageTables(current: Current, mm: Ptr<"mm_struct">, from: number, to: number, size: number): Run<boolean> {
  const range = mmuNotifierRangeInit(current, mm, from, from + size, MMU_NOTIFY_UNMAP);
  yield* mmuNotifierInvalidateRangeStart(current, range);
  let isComplete = true;
  for (let done = 0; done < size && isComplete;) {
    const va = from + done;
    const table = yield* lockLeaf(current, mm, va);
    if (table < 0) {
      done = nextBoundary(va, -table) - from;
      continue;
    }
    yield* unlockLeaf(current, table); // the other table is allocated without a spinlock held
    // as far as both stay within one table
    const step = Math.min(size - done, nextBoundary(va, 1) - va, nextBoundary(to + done, 1) - (to + done));
    isComplete = (yield* allocLeaf(current, mm, to + done)) !== 0;
    if (isComplete) yield* moveEntries(current, mm, va, to + done, step);
    done += step;
  }
  yield* mmuNotifierInvalidateRangeEnd(current, range);
  return isComplete;
}

/**
 * Move entries from one leaf table to another, or within one. Both locks: no processor may find the page in both places or in
 * none.
 * The flush comes before the locks are dropped: at its new place, where the old translations are not known, reclaim may take the
 * page at once.
 */
function* moveEntries(current: Current, mm: Ptr<"mm_struct">, from: number, to: number, size: number): Run<void> {
  const source = yield* lockLeaf(current, mm, from);
  const target = yield* allocLeaf(current, mm, to); // is there
  if (target !== source) yield* spinLock(current, ptlOf(current, target));
  yield* visitLeaf(current, source);
  for (let offset = 0; offset < size; offset += PAGE_SIZE) {
    if (peekPte(current, source, from + offset) === 0) continue;
    const pte = yield* clearPte(current, mm, source, from + offset);
    yield* setPte(current, mm, target, to + offset, pte);
  }
  yield* flushTlbRange(current, mm, from, from + size);
  if (target !== source) yield* spinUnlock(current, ptlOf(current, target));
  yield* unlockLeaf(current, source);
}
