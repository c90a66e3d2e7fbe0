import { FRAME_SYSTEM } from "../../machine/physical.ts";
import { mkPte, PTE_ACCESSED, PTE_DIRTY, PTE_PRESENT, PTE_WRITE, PTE_ZERO_PAGE } from "../../machine/pte.ts";
import { GFP_KERNEL } from "../../machine/slab.ts";
import type { Run } from "../../machine/step.ts";
import { NULL } from "../../machine/struct.ts";
import type { Current } from "../current.ts";
import { ENOMEM } from "../errno.ts";
import { prepareAnonVma } from "./anon_vma.ts";
import type { Fault } from "./fault_info.ts";
import { addRmap, setPageMapping } from "./page.ts";
import { allocPage, putPage } from "./page_alloc.ts";
import { lockLeaf, readPte, setPte, unlockLeaf } from "./page_table.ts";
import { ZERO_PFN } from "./state.ts";
import { pgoffOf } from "./vma.ts";

/** First touch of private memory: the page of zeros for a read, a page of its own for a write. */
export function* faultAnonymous(current: Current, fault: Fault): Run<number> {
  const { vma, va } = fault;
  if (!fault.isWrite) {
    yield* install(current, fault, ZERO_PFN, PTE_PRESENT | PTE_ACCESSED | PTE_ZERO_PAGE);
    return 0;
  }
  const mapping = yield* prepareAnonVma(current, vma);
  if (mapping === NULL) return ENOMEM;
  const pfn = yield* allocPage(current, GFP_KERNEL, FRAME_SYSTEM);
  if (pfn < 0) return ENOMEM;
  yield* setPageMapping(current, pfn, mapping, pgoffOf(vma, va));
  const isInstalled = yield* install(current, fault, pfn, PTE_PRESENT | PTE_ACCESSED | PTE_WRITE | PTE_DIRTY);
  if (!isInstalled) yield* putPage(current, pfn);
  return 0;
}

/** Set the entry if it is still empty. */
function* install(current: Current, { vma, va }: Fault, pfn: number, flags: number): Run<boolean> {
  const table = yield* lockLeaf(current, vma.mm, va);
  const isEmpty = (yield* readPte(current, table, va)) === 0;
  if (isEmpty) {
    if (pfn !== ZERO_PFN) yield* addRmap(current, pfn);
    yield* setPte(current, vma.mm, table, va, mkPte(pfn, flags));
  }
  yield* unlockLeaf(current, table);
  return isEmpty;
}
