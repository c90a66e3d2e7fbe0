import { fetchAnd } from "../../machine/access.ts";
import { Page } from "../../machine/physical.ts";
import { PTE_PRESENT, PTE_WRITE, PTE_ZERO_PAGE, ptePfn } from "../../machine/pte.ts";
import type { Run } from "../../machine/step.ts";
import { embedded, type Ptr } from "../../machine/struct.ts";
import type { Current } from "../current.ts";
import { downRead, upRead } from "../locking/rwsem.ts";
import { handleMmFault } from "./fault.ts";
import { MmStruct } from "./mm_struct.ts";
import { PG_LAZYFREE } from "./page.ts";
import { lockLeaf, peekPte, unlockLeaf, visitLeaf } from "./page_table.ts";

/**
 * The frame at `va`, faulted in if need be; a negative error if the mapping does not allow the access or memory is out. May
 * sleep, takes mmap_lock. No reference is taken: when this returns, the frame may be somebody else's already, so that the caller
 * has to have a notifier, and to ask it under its lock.
 *
 * Who wants to write may do so at any time without the CPU's dirty bit telling, so the page is not MADV_FREE's to drop any more.
 */
export function* getUserPage(current: Current, mm: Ptr<"mm_struct">, va: number, isWrite: boolean): Run<number> {
  for (;;) {
    const table = yield* lockLeaf(current, mm, va);
    if (table > 0) {
      const pfn = yield* frameIn(current, table, va, isWrite);
      yield* unlockLeaf(current, table);
      if (pfn >= 0) return pfn;
    }
    yield* downRead(current, embedded(mm, MmStruct.mmapLock));
    const error = yield* handleMmFault(current, mm, va, isWrite);
    yield* upRead(current, embedded(mm, MmStruct.mmapLock));
    if (error !== 0) return error;
  }
}

/** Table lock held. -1: has to be faulted in. */
function* frameIn(current: Current, table: number, va: number, isWrite: boolean): Run<number> {
  yield* visitLeaf(current, table);
  const pte = peekPte(current, table, va);
  const isWritable = (pte & PTE_WRITE) !== 0 && (pte & PTE_ZERO_PAGE) === 0;
  if ((pte & PTE_PRESENT) === 0 || (isWrite && !isWritable)) return -1;
  if (isWrite) yield* fetchAnd(current, current.kernel.mm.physical.page(ptePfn(pte)), Page.flags, ~PG_LAZYFREE);
  return ptePfn(pte);
}
