import { FRAME_SYSTEM } from "../../machine/physical.ts";
import { mkPte, PTE_ACCESSED, PTE_DIRTY, PTE_PRESENT, PTE_WRITE, ptePfn } from "../../machine/pte.ts";
import { GFP_KERNEL } from "../../machine/slab.ts";
import type { Run } from "../../machine/step.ts";
import { NULL } from "../../machine/struct.ts";
import { trace } from "../../machine/tracepoint.ts";
import type { Current } from "../current.ts";
import { ENOMEM } from "../errno.ts";
import { kernelEvents } from "../tracepoints.ts";
import { prepareAnonVma } from "./anon_vma.ts";
import type { Fault } from "./fault_info.ts";
import { addRmap, setPageMapping } from "./page.ts";
import { allocPage, putPage } from "./page_alloc.ts";
import { lockLeaf, readPte, setPte, unlockLeaf } from "./page_table.ts";
import { swapPut, swapReadPage } from "./swap.ts";
import { pgoffOf } from "./vma.ts";

/**
 * A private page comes back from swap, as a copy of its own: forks that share the slot get theirs. The slot is read under the
 * table's lock, as only the entry, still there, keeps the slot from being freed and used for something else.
 */
export function* faultSwap(current: Current, { vma, va, isWrite, pte }: Fault): Run<number> {
  const slot = ptePfn(pte);
  const mapping = yield* prepareAnonVma(current, vma);
  if (mapping === NULL) return ENOMEM;
  const pfn = yield* allocPage(current, GFP_KERNEL, FRAME_SYSTEM);
  if (pfn < 0) return ENOMEM;
  yield* setPageMapping(current, pfn, mapping, pgoffOf(vma, va));
  const table = yield* lockLeaf(current, vma.mm, va);
  const isSame = (yield* readPte(current, table, va)) === pte;
  if (isSame) {
    yield* swapReadPage(current, slot, pfn);
    yield* addRmap(current, pfn);
    const write = isWrite ? PTE_WRITE | PTE_DIRTY : 0;
    trace(current, kernelEvents.swapIn, slot, pfn); // before a device can see the entry, which needs no lock for that
    yield* setPte(current, vma.mm, table, va, mkPte(pfn, PTE_PRESENT | PTE_ACCESSED | write));
    yield* swapPut(current, slot);
  }
  yield* unlockLeaf(current, table);
  if (!isSame) yield* putPage(current, pfn);
  return 0;
}
