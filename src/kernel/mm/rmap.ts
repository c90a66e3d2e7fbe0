import { readOnce } from "../../machine/access.ts";
import { Page } from "../../machine/physical.ts";
import { mkPte, PAGE_SIZE, PTE_DIRTY, PTE_SWAP, pteHoldsFrame, ptePfn } from "../../machine/pte.ts";
import type { Run } from "../../machine/step.ts";
import { embedded, type Ptr } from "../../machine/struct.ts";
import { trace } from "../../machine/tracepoint.ts";
import type { Current } from "../current.ts";
import { downRead, upRead } from "../locking/rwsem.ts";
import { mmuNotifierInvalidateRangeEnd, mmuNotifierInvalidateRangeStart } from "../mmu_notifier/invalidate.ts";
import { mmuNotifierRangeInit } from "../mmu_notifier/range.ts";
import { MMU_NOTIFY_CLEAR } from "../mmu_notifier/types.ts";
import { kernelEvents } from "../tracepoints.ts";
import { flushTlbRange } from "./flush_tlb.ts";
import { Mapping, vmasOf } from "./mapping.ts";
import { PG_LAZYFREE, removeRmap } from "./page.ts";
import { putPage } from "./page_alloc.ts";
import { clearPte, lockLeaf, readPte, setPte, unlockLeaf } from "./page_table.ts";
import { swapDuplicate, swapWritePage } from "./swap.ts";
import type { Vma } from "./vma.ts";

/** What becomes of the entries of a page that is taken away. */
export interface Unmapping {
  readonly pfn: number;
  readonly mapping: Ptr<"address_space">;
  /** Page offset in the mapping. */
  readonly index: number;
  /** Swap slot that private entries lead to from now on; -1: none was free. */
  readonly slot: number;
  readonly isPrivate: boolean;
}

/**
 * Take a page out of all page tables: through its mapping, without any mmap_lock. Page locked and held by the caller; some
 * entries may remain (a fork may have passed by, swap may be full).
 */
export function* tryToUnmap(current: Current, unmapping: Unmapping): Run<void> {
  const rwsem = embedded(unmapping.mapping, Mapping.rwsem);
  yield* downRead(current, rwsem);
  for (const vma of yield* vmasOf(current, unmapping.mapping)) {
    const va = addressIn(vma, unmapping.index);
    if (va >= 0) yield* tryToUnmapOne(current, unmapping, vma.mm, va);
  }
  yield* upRead(current, rwsem);
}

/** Where page `index` of its mapping is in this VMA; -1: nowhere. Offsets are modulo 2^32 pages. */
function addressIn(vma: Vma, index: number): number {
  const va = vma.start + ((index - vma.pgoff) >>> 0) * PAGE_SIZE;
  return va < vma.end ? va : -1;
}

/**
 * The notifiers are told before anybody looks whether the page is there at all: the table's lock, under which one would see it,
 * is no place to sleep (RULES b 17).
 */
function* tryToUnmapOne(current: Current, unmapping: Unmapping, mm: Ptr<"mm_struct">, va: number): Run<void> {
  const range = mmuNotifierRangeInit(current, mm, va, va + PAGE_SIZE, MMU_NOTIFY_CLEAR);
  yield* mmuNotifierInvalidateRangeStart(current, range);
  const table = yield* lockLeaf(current, mm, va);
  if (table > 0) {
    const pte = yield* readPte(current, table, va);
    const isMapped = pteHoldsFrame(pte) && ptePfn(pte) === unmapping.pfn;
    const isUnmapped = isMapped && (yield* unmapPte(current, unmapping, mm, table, va, pte));
    yield* unlockLeaf(current, table);
    if (isUnmapped) yield* putPage(current, unmapping.pfn); // not the last one: the caller has one
  }
  yield* mmuNotifierInvalidateRangeEnd(current, range);
}

/** Replace the entry by what keeps the content, if anything has to; false if it had to stay. Table lock held. */
function* unmapPte(
  current: Current,
  unmapping: Unmapping,
  mm: Ptr<"mm_struct">,
  table: number,
  va: number,
  pte: number,
): Run<boolean> {
  const { pfn, slot, isPrivate } = unmapping;
  const isDropped = !isPrivate || (yield* isLazyFree(current, pfn, pte));
  if (!isDropped && slot < 0) return false;
  yield* clearPte(current, mm, table, va);
  yield* flushTlbRange(current, mm, va, va + PAGE_SIZE);
  if (!isDropped) {
    // Nobody can write to the page now: it was either mapped here alone, or read-only everywhere and held by more than one.
    yield* swapWritePage(current, slot, pfn);
    yield* swapDuplicate(current, slot);
    yield* setPte(current, mm, table, va, mkPte(slot, PTE_SWAP));
    trace(current, kernelEvents.swapOut, pfn, slot);
  }
  yield* removeRmap(current, pfn);
  return true;
}

/** MADV_FREE, and not written to since: neither by a CPU, which sets the dirty bit, nor by a device (see hmm_range_fault). */
function* isLazyFree(current: Current, pfn: number, pte: number): Run<boolean> {
  const flags = yield* readOnce(current, current.kernel.mm.physical.page(pfn), Page.flags);
  return (flags & PG_LAZYFREE) !== 0 && (pte & PTE_DIRTY) === 0;
}
