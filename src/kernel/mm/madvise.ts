import { fetchOr, readOnce } from "../../machine/access.ts";
import { Page } from "../../machine/physical.ts";
import {
  PAGE_SIZE,
  pageAlignUp,
  PTE_ACCESSED,
  PTE_DIRTY,
  PTE_SWAP,
  pteHoldsFrame,
  ptePfn,
  TASK_SIZE,
} from "../../machine/pte.ts";
import type { Run } from "../../machine/step.ts";
import { embedded, type Ptr } from "../../machine/struct.ts";
import type { Current } from "../current.ts";
import { EINVAL, ENOMEM } from "../errno.ts";
import { downRead, upRead } from "../locking/rwsem.ts";
import { mmuNotifierInvalidateRangeEnd, mmuNotifierInvalidateRangeStart } from "../mmu_notifier/invalidate.ts";
import { mmuNotifierRangeInit } from "../mmu_notifier/range.ts";
import { MMU_NOTIFY_CLEAR } from "../mmu_notifier/types.ts";
import {
  MADV_COLD,
  MADV_COLLAPSE,
  MADV_DODUMP,
  MADV_DONTDUMP,
  MADV_DONTNEED,
  MADV_FREE,
  MADV_HUGEPAGE,
  MADV_MERGEABLE,
  MADV_NOHUGEPAGE,
  MADV_NORMAL,
  MADV_PAGEOUT,
  MADV_RANDOM,
  MADV_SEQUENTIAL,
  MADV_UNMERGEABLE,
  MADV_WILLNEED,
} from "./mman.ts";
import { MmStruct } from "./mm_struct.ts";
import { finishMmu, gatherMmu, type MmuGather } from "./mmu_gather.ts";
import { PG_LAZYFREE } from "./page.ts";
import { peekPte, setPte } from "./page_table.ts";
import { SYS_MADVISE, syscall } from "./syscalls.ts";
import { VM_SHARED, vmasIn, type Vma } from "./vma.ts";
import { zapPte, zapRange } from "./zap.ts";
import { walkLeaves } from "./walk_leaves.ts";

/** Advice that changes nothing that can be seen here. */
const HINTS: ReadonlySet<number> = new Set([
  MADV_NORMAL,
  MADV_RANDOM,
  MADV_SEQUENTIAL,
  MADV_WILLNEED,
  MADV_MERGEABLE,
  MADV_UNMERGEABLE,
  MADV_HUGEPAGE,
  MADV_NOHUGEPAGE,
  MADV_DONTDUMP,
  MADV_DODUMP,
  MADV_COLD,
  MADV_PAGEOUT,
  MADV_COLLAPSE,
]);

/** `madvise`: 0, -EINVAL, or -ENOMEM if part of the range is not mapped; the mapped parts are done all the same. Bytes. */
export function doMadvise(current: Current, mm: Ptr<"mm_struct">, addr: number, length: number, advice: number): Run<number> {
  return syscall(current, SYS_MADVISE, mm, [addr, length, advice, 0], () => madvise(current, mm, addr, length, advice));
}

function* madvise(current: Current, mm: Ptr<"mm_struct">, addr: number, length: number, advice: number): Run<number> {
  const end = addr + pageAlignUp(length);
  const isKnown = advice === MADV_DONTNEED || advice === MADV_FREE || HINTS.has(advice);
  if (!isKnown || addr % PAGE_SIZE !== 0 || length < 0 || end > TASK_SIZE) return EINVAL;
  if (length === 0) return 0;
  const lock = embedded(mm, MmStruct.mmapLock);
  yield* downRead(current, lock);
  const vmas = yield* vmasIn(current, mm, addr, end);
  let covered = 0;
  let result = 0;
  for (const vma of vmas) {
    const start = Math.max(addr, vma.start);
    const stop = Math.min(end, vma.end);
    covered += stop - start;
    if (advice === MADV_DONTNEED) yield* dontneed(current, vma, start, stop);
    else if (advice === MADV_FREE) result = yield* lazyFree(current, vma, start, stop);
    if (result !== 0) break;
  }
  yield* upRead(current, lock);
  return result === 0 && covered < end - addr ? ENOMEM : result;
}

/** Drop the pages: the next touch finds zeros, or what the shared memory holds. */
function* dontneed(current: Current, { mm }: Vma, start: number, end: number): Run<void> {
  const range = mmuNotifierRangeInit(current, mm, start, end, MMU_NOTIFY_CLEAR);
  yield* mmuNotifierInvalidateRangeStart(current, range);
  const gather = gatherMmu(mm, start, end);
  yield* zapRange(current, gather, start, end);
  yield* finishMmu(current, gather);
  yield* mmuNotifierInvalidateRangeEnd(current, range);
}

/** Let reclaim drop the pages unless they are written to again. Private memory only. */
function* lazyFree(current: Current, { mm, flags }: Vma, start: number, end: number): Run<number> {
  if ((flags & VM_SHARED) !== 0) return EINVAL;
  const range = mmuNotifierRangeInit(current, mm, start, end, MMU_NOTIFY_CLEAR);
  yield* mmuNotifierInvalidateRangeStart(current, range);
  const gather = gatherMmu(mm, start, end);
  yield* walkLeaves(current, mm, start, end, function* (table, first, tableEnd) {
    for (let va = first; va < tableEnd; va += PAGE_SIZE) yield* lazyFreePte(current, gather, table, va);
  });
  yield* finishMmu(current, gather);
  yield* mmuNotifierInvalidateRangeEnd(current, range);
  return 0;
}

/** Make a page clean and old; what is in swap goes at once. A page that forks share stays as it is. Table lock held. */
function* lazyFreePte(current: Current, gather: MmuGather, table: number, va: number): Run<void> {
  const pte = peekPte(current, table, va);
  if ((pte & PTE_SWAP) !== 0) {
    yield* zapPte(current, gather, table, va);
  } else if (pteHoldsFrame(pte)) {
    const page = current.kernel.mm.physical.page(ptePfn(pte));
    if ((yield* readOnce(current, page, Page.mapcount)) !== 1) return;
    yield* fetchOr(current, page, Page.flags, PG_LAZYFREE);
    yield* setPte(current, gather.mm, table, va, pte & ~(PTE_DIRTY | PTE_ACCESSED));
    gather.isFlushNeeded = true;
  }
}
