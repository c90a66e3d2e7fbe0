import { mkPte, PTE_ACCESSED, PTE_PRESENT, PTE_WRITE } from "../../machine/pte.ts";
import type { Run } from "../../machine/step.ts";
import type { Current } from "../current.ts";
import type { Fault } from "./fault_info.ts";
import { addRmap, getPage } from "./page.ts";
import { putPage } from "./page_alloc.ts";
import { lockLeaf, readPte, setPte, unlockLeaf } from "./page_table.ts";
import { getShmemPage } from "./shmem.ts";
import { pgoffOf, VM_WRITE } from "./vma.ts";

/** Shared memory: map the page that everybody sees there. */
export function* faultShared(current: Current, { vma, va }: Fault): Run<number> {
  const pfn = yield* getShmemPage(current, vma.mapping, pgoffOf(vma, va));
  if (pfn < 0) return pfn;
  const table = yield* lockLeaf(current, vma.mm, va);
  if ((yield* readPte(current, table, va)) === 0) {
    yield* getPage(current, pfn);
    yield* addRmap(current, pfn);
    const write = (vma.flags & VM_WRITE) === 0 ? 0 : PTE_WRITE;
    yield* setPte(current, vma.mm, table, va, mkPte(pfn, PTE_PRESENT | PTE_ACCESSED | write));
  }
  yield* unlockLeaf(current, table);
  yield* putPage(current, pfn);
  return 0;
}
