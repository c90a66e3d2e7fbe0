import { initAddr, readAddr } from "../../machine/access.ts";
import { PAGE_SIZE, PTE_SWAP, PTE_WRITE, pteHoldsFrame, ptePfn, TASK_SIZE } from "../../machine/pte.ts";
import { GFP_KERNEL } from "../../machine/slab.ts";
import type { Run } from "../../machine/step.ts";
import { embedded, NULL, type Ptr } from "../../machine/struct.ts";
import type { Current } from "../current.ts";
import { ENOMEM } from "../errno.ts";
import { downWrite, upWrite } from "../locking/rwsem.ts";
import { mmuNotifierInvalidateRangeEnd, mmuNotifierInvalidateRangeStart } from "../mmu_notifier/invalidate.ts";
import { mmuNotifierRangeInit } from "../mmu_notifier/range.ts";
import { MMU_NOTIFY_PROTECTION_PAGE } from "../mmu_notifier/types.ts";
import { flushTlbRange } from "./flush_tlb.ts";
import { linkVma } from "./mapping.ts";
import { mmAlloc } from "./mm_alloc.ts";
import { mmput } from "./mm_count.ts";
import { MmStruct } from "./mm_struct.ts";
import { addRmap, getPage } from "./page.ts";
import { allocLeaf, lockLeaf, nextBoundary, peekPte, ptlOf, setPte, unlockLeaf, visitLeaf } from "./page_table.ts";
import { spinLock, spinUnlock } from "../locking/spinlock.ts";
import { swapDuplicate } from "./swap.ts";
import { syscall, SYS_FORK } from "./syscalls.ts";
import { initVma, insertVma, VM_SHARED, vmasIn, type Vma } from "./vma.ts";

/**
 * `fork`, as far as memory is concerned: a copy of the address space that shares its pages until written to; NULL if out of
 * memory.
 */
export function* dupMm(current: Current, mm: Ptr<"mm_struct">): Run<Ptr<"mm_struct">> {
  let child = NULL as Ptr<"mm_struct">;
  function* fork(): Run<number> {
    child = yield* duplicate(current, mm);
    return child === NULL ? ENOMEM : 0;
  }
  yield* syscall(current, SYS_FORK, mm, [0, 0, 0, 0], fork);
  return child;
}

function* duplicate(current: Current, mm: Ptr<"mm_struct">): Run<Ptr<"mm_struct">> {
  const child = yield* mmAlloc(current);
  if (child === NULL) return child;
  const lock = embedded(mm, MmStruct.mmapLock);
  yield* downWrite(current, lock); // nobody knows the child yet: its lock need not be taken
  initAddr(current, child, MmStruct.brk, yield* readAddr(current, mm, MmStruct.brk));
  let isComplete = true;
  for (const vma of yield* vmasIn(current, mm, 0, TASK_SIZE)) {
    isComplete = yield* dupVma(current, vma, child);
    if (!isComplete) break;
  }
  yield* upWrite(current, lock);
  if (isComplete) return child;
  yield* mmput(current, child);
  return NULL as Ptr<"mm_struct">;
}

/**
 * Give the child a VMA like this one, on the same mapping. Pages of private memory are shared from now on; those of shared memory
 * the child finds by its own faults.
 */
function* dupVma(current: Current, vma: Vma, mm: Ptr<"mm_struct">): Run<boolean> {
  const ptr = yield* current.kernel.mm.vmas.alloc(current, GFP_KERNEL);
  if (ptr === NULL) return false;
  const copy = { ...vma, ptr, mm };
  initVma(current, ptr, copy);
  if (copy.mapping !== NULL) yield* linkVma(current, copy);
  yield* insertVma(current, copy);
  const hasPages = vma.mapping !== NULL && (vma.flags & VM_SHARED) === 0;
  return hasPages ? yield* copyPageRange(current, vma, mm) : true;
}

/** Share all pages of a private VMA with the child, write-protected on both sides; false if out of memory. */
function* copyPageRange(current: Current, { mm, start, end }: Vma, child: Ptr<"mm_struct">): Run<boolean> {
  const range = mmuNotifierRangeInit(current, mm, start, end, MMU_NOTIFY_PROTECTION_PAGE);
  yield* mmuNotifierInvalidateRangeStart(current, range);
  let isComplete = true;
  for (let va = start; va < end && isComplete;) {
    const tableEnd = Math.min(end, nextBoundary(va, 1));
    const hole = yield* copyLeaf(current, mm, child, va, tableEnd);
    isComplete = hole !== OUT_OF_MEMORY;
    va = hole < 0 ? nextBoundary(va, -hole) : tableEnd;
  }
  yield* flushTlbRange(current, mm, start, end); // same pages with less permission: once is enough (RULES 78)
  yield* mmuNotifierInvalidateRangeEnd(current, range);
  return isComplete;
}

const OUT_OF_MEMORY = 1;

/** Copy the entries of one leaf table: 0, minus the level of a hole if there is no such table, or OUT_OF_MEMORY. */
function* copyLeaf(current: Current, mm: Ptr<"mm_struct">, child: Ptr<"mm_struct">, start: number, end: number): Run<number> {
  const probe = yield* lockLeaf(current, mm, start);
  if (probe < 0) return probe;
  yield* unlockLeaf(current, probe); // the child's table is allocated without a spinlock held
  const to = yield* allocLeaf(current, child, start);
  if (to === 0) return OUT_OF_MEMORY;
  const from = yield* lockLeaf(current, mm, start);
  yield* spinLock(current, ptlOf(current, to)); // reclaim comes through the reverse map, one table at a time
  yield* visitLeaf(current, from);
  for (let va = start; va < end; va += PAGE_SIZE) {
    const pte = peekPte(current, from, va);
    if (pte !== 0) yield* copyPte(current, mm, child, from, to, va, pte);
  }
  yield* spinUnlock(current, ptlOf(current, to));
  yield* unlockLeaf(current, from);
  return 0;
}

function* copyPte(
  current: Current,
  mm: Ptr<"mm_struct">,
  child: Ptr<"mm_struct">,
  from: number,
  to: number,
  va: number,
  pte: number,
): Run<void> {
  const shared = pte & ~PTE_WRITE;
  if ((pte & PTE_SWAP) !== 0) {
    yield* swapDuplicate(current, ptePfn(pte));
    yield* setPte(current, child, to, va, pte);
    return;
  }
  if (pteHoldsFrame(pte)) {
    yield* getPage(current, ptePfn(pte));
    yield* addRmap(current, ptePfn(pte));
  }
  if (shared !== pte) yield* setPte(current, mm, from, va, shared);
  yield* setPte(current, child, to, va, shared);
}
