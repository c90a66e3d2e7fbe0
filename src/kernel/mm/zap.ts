import { PAGE_SIZE, PTE_SWAP, pteHoldsFrame, ptePfn } from "../../machine/pte.ts";
import type { Run } from "../../machine/step.ts";
import type { Current } from "../current.ts";
import type { MmuGather } from "./mmu_gather.ts";
import { removeRmap } from "./page.ts";
import { clearPte, peekPte } from "./page_table.ts";
import { swapPut } from "./swap.ts";
import { walkLeaves } from "./walk_leaves.ts";

/** Clear all page-table entries of [start, end) and gather their pages. Between invalidate_range_start and _end. */
export function* zapRange(current: Current, gather: MmuGather, start: number, end: number): Run<void> {
  yield* walkLeaves(current, gather.mm, start, end, function* (table, first, tableEnd) {
    for (let va = first; va < tableEnd; va += PAGE_SIZE) {
      if (peekPte(current, table, va) !== 0) yield* zapPte(current, gather, table, va);
    }
  });
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
