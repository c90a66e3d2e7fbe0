import { PAGE_SIZE, PTE_SWAP, pteHoldsFrame, ptePfn } from "../../machine/pte.ts";
import type { Run } from "../../machine/step.ts";
import type { Current } from "../current.ts";
import type { MmuGather } from "./mmu_gather.ts";
import { removeRmap } from "./page.ts";
import { clearPte, lockLeaf, nextBoundary, peekPte, unlockLeaf, visitLeaf } from "./page_table.ts";
import { swapPut } from "./swap.ts";

/** Clear all page-table entries of [start, end) and gather their pages. Between invalidate_range_start and _end. */
export function* zapRange(current: Current, gather: MmuGather, start: number, end: number): Run<void> {
  for (let va = start; va < end; ) {
    const table = yield* lockLeaf(current, gather.mm, va);
    if (table < 0) {
      va = nextBoundary(va, -table);
      continue;
    }
    yield* visitLeaf(current, table);
    const tableEnd = Math.min(end, nextBoundary(va, 1));
    for (; va < tableEnd; va += PAGE_SIZE) {
      if (peekPte(current, table, va) !== 0) yield* zapPte(current, gather, table, va);
    }
    yield* unlockLeaf(current, table);
  }
}

/** Clear one entry. Table lock held. */
export function* zapPte(current: Current, gather: MmuGather, table: number, va: number): Run<void> {
  const pte = yield* clearPte(current, gather.mm, table, va);
  gather.isFlushNeeded = true;
  if (pteHoldsFrame(pte)) {
    yield* removeRmap(current, ptePfn(pte));
    gather.pfns.push(ptePfn(pte));
  } else if ((pte & PTE_SWAP) !== 0) {
    yield* swapPut(current, ptePfn(pte));
  }
}
