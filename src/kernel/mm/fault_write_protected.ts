import { loadAcquire } from "../../machine/access.ts";
import { FRAME_SYSTEM, Page } from "../../machine/physical.ts";
import { mkPte, PAGE_SIZE, PTE_ACCESSED, PTE_DIRTY, PTE_PRESENT, PTE_WRITE, PTE_ZERO_PAGE, ptePfn } from "../../machine/pte.ts";
import { GFP_KERNEL } from "../../machine/slab.ts";
import type { Run } from "../../machine/step.ts";
import { NULL } from "../../machine/struct.ts";
import { trace } from "../../machine/tracepoint.ts";
import type { Current } from "../current.ts";
import { ENOMEM } from "../errno.ts";
import { mmuNotifierInvalidateRangeEnd, mmuNotifierInvalidateRangeStart } from "../mmu_notifier/invalidate.ts";
import { mmuNotifierRangeInit } from "../mmu_notifier/range.ts";
import { MMU_NOTIFY_CLEAR } from "../mmu_notifier/types.ts";
import { kernelEvents } from "../tracepoints.ts";
import { prepareAnonVma } from "./anon_vma.ts";
import type { Fault } from "./fault_info.ts";
import { flushTlbRange } from "./flush_tlb.ts";
import { addRmap, copyPage, getPage, removeRmap, setPageMapping } from "./page.ts";
import { allocPage, putPage } from "./page_alloc.ts";
import { announcePte, clearPte, lockLeaf, readPte, setPte, storePte, unlockLeaf } from "./page_table.ts";
import { pgoffOf, VM_SHARED } from "./vma.ts";

/** A write to a page that is mapped without write permission though the VMA has it: reuse the page or copy it. */
export function* faultWriteProtected(current: Current, fault: Fault): Run<number> {
  const { vma, va, pte } = fault;
  const table = yield* lockLeaf(current, vma.mm, va);
  if ((yield* readPte(current, table, va)) !== pte) {
    yield* unlockLeaf(current, table);
    return 0;
  }
  const isZeroPage = (pte & PTE_ZERO_PAGE) !== 0;
  if ((vma.flags & VM_SHARED) !== 0 || (!isZeroPage && (yield* isExclusive(current, ptePfn(pte))))) {
    yield* setPte(current, vma.mm, table, va, pte | PTE_WRITE | PTE_DIRTY | PTE_ACCESSED);
    yield* unlockLeaf(current, table);
    return 0;
  }
  if (!isZeroPage) yield* getPage(current, ptePfn(pte)); // stays what it is while we copy it
  yield* unlockLeaf(current, table);
  const result = yield* copyOnWrite(current, fault, isZeroPage);
  if (!isZeroPage) yield* putPage(current, ptePfn(pte));
  return result;
}

/** Nobody but this entry holds the page; reclaim, which holds it while it works on it, would be somebody. Table lock held. */
function* isExclusive(current: Current, pfn: number): Run<boolean> {
  // Whoever gave its reference back has read what it wanted to copy: no write to the page may come before this look. In the
  // kernel that is a control dependency; see docs/sanitizers.md.
  return (yield* loadAcquire(current, current.kernel.mm.physical.page(pfn), Page.refcount)) === 1;
}

/**
 * Replace the page by a copy. Another page comes to this address, so all secondary TLBs must have forgotten the old one before
 * the new one can be seen (RULES 77 B): invalidate, clear, flush, and only then set.
 */
function* copyOnWrite(current: Current, { vma, va, pte }: Fault, isZeroPage: boolean): Run<number> {
  const { mm } = vma;
  const old = ptePfn(pte);
  const mapping = yield* prepareAnonVma(current, vma);
  if (mapping === NULL) return ENOMEM;
  const copy = yield* allocPage(current, GFP_KERNEL, FRAME_SYSTEM);
  if (copy < 0) return ENOMEM;
  if (!isZeroPage) yield* copyPage(current, old, copy);
  yield* setPageMapping(current, copy, mapping, pgoffOf(vma, va));

  const range = mmuNotifierRangeInit(current, mm, va, va + PAGE_SIZE, MMU_NOTIFY_CLEAR);
  yield* mmuNotifierInvalidateRangeStart(current, range);
  const table = yield* lockLeaf(current, mm, va);
  const isSame = (yield* readPte(current, table, va)) === pte;
  if (isSame) {
    yield* clearPte(current, mm, table, va);
    yield* flushTlbRange(current, mm, va, va + PAGE_SIZE);
    yield* addRmap(current, copy);
    yield* announcePte(current, table, va);
    trace(current, kernelEvents.pageCopied, old, copy);
    storePte(current, mm, table, va, mkPte(copy, PTE_PRESENT | PTE_WRITE | PTE_DIRTY | PTE_ACCESSED));
    if (!isZeroPage) yield* removeRmap(current, old);
  }
  yield* unlockLeaf(current, table);
  if (!isSame) yield* putPage(current, copy);
  else if (!isZeroPage) yield* putPage(current, old); // the entry's reference
  yield* mmuNotifierInvalidateRangeEnd(current, range);
  return 0;
}
