import { fetchAnd, read, readOnce } from "../../machine/access.ts";
import { Page } from "../../machine/physical.ts";
import { PAGE_SIZE, PTE_PRESENT, PTE_WRITE, PTE_ZERO_PAGE, ptePfn, TABLE_LEVELS } from "../../machine/pte.ts";
import type { Run } from "../../machine/step.ts";
import type { Ptr } from "../../machine/struct.ts";
import type { Current } from "../current.ts";
import { EBUSY, EFAULT, ENOMEM, EPERM } from "../errno.ts";
import { handleMmFault } from "../mm/fault.ts";
import { MmStruct } from "../mm/mm_struct.ts";
import { PG_LAZYFREE } from "../mm/page.ts";
import { findLeaf, nextBoundary, readPte } from "../mm/page_table.ts";
import { findVma, VM_READ, VM_WRITE, type Vma } from "../mm/vma.ts";
import { mmuIntervalCheckRetry } from "../mmu_notifier/read.ts";
import { MmuIntervalNotifier } from "../mmu_notifier/structs.ts";
import { HMM_PFN_ERROR, HMM_PFN_REQ_FAULT, HMM_PFN_REQ_WRITE, HMM_PFN_VALID, HMM_PFN_WRITE } from "./hmm_pfn.ts";

export * from "./hmm_pfn.ts";

/** What a driver wants to know about [start, end) of the process that `notifier` watches. */
export interface HmmRange {
  readonly notifier: Ptr<"mmu_interval_notifier">;
  /** What `mmuIntervalReadBegin` returned. */
  readonly notifierSeq: number;
  /** First byte, page aligned. */
  readonly start: number;
  /** One past the last byte, page aligned. */
  readonly end: number;
  /** One HMM_PFN_* word a page: in, what is asked for that page; out, what is there. */
  readonly pfns: Int32Array;
  /** HMM_PFN_REQ_*, asked for all pages. */
  readonly defaultFlags: number;
  /** Which bits of `pfns` count as asked for. */
  readonly pfnFlagsMask: number;
  /** Whose device-private pages need not be brought back; 0 nobody's. */
  readonly devPrivateOwner: number;
}

/** What the page needs before the answer can be given. */
const NOTHING = 0;
const NEED_FAULT = 1;
const NEED_WRITE_FAULT = 2;

/**
 * Snapshot the page tables for a device, and fault in what is asked for. mmap_lock held for read. 0: all of `pfns` is filled,
 * valid only if `mmuIntervalReadRetry` says so under the driver's lock (RULES 9). -EBUSY: stale already, begin anew with a fresh
 * sequence number (RULES 10). -EFAULT: no readable mapping; -EPERM: not writable; -ENOMEM.
 *
 * A page returned as writable may be written by the device at any time without the CPU's dirty bit telling, so it is not
 * MADV_FREE's to drop any more.
 */
export function* hmmRangeFault(current: Current, range: HmmRange): Run<number> {
  const mm = (yield* read(current, range.notifier, MmuIntervalNotifier.mm)) as Ptr<"mm_struct">;
  const walk: Walk = { range, mm, last: range.start };
  let result: number;
  do {
    if (yield* mmuIntervalCheckRetry(current, range.notifier, range.notifierSeq)) return EBUSY;
    result = yield* walkRange(current, walk);
  } while (result === EBUSY); // pages were faulted in: look again from `last` on
  return result;
}

interface Walk {
  readonly range: HmmRange;
  readonly mm: Ptr<"mm_struct">;
  /** Entries below this address are filled in. */
  last: number;
}

/** Fill in the entries from `last` on. -EBUSY: pages were faulted in, come again. */
function* walkRange(current: Current, walk: Walk): Run<number> {
  const { range, mm } = walk;
  for (let va = walk.last; va < range.end;) {
    const vma = yield* findVma(current, mm, va);
    const holeEnd = Math.min(vma === null ? range.end : vma.start, range.end);
    if (vma === null || va < holeEnd || (vma.flags & VM_READ) === 0) {
      const end = vma === null || va < holeEnd ? holeEnd : Math.min(vma.end, range.end);
      if (!fillError(range, va, end)) return EFAULT;
      va = end;
      continue;
    }
    const end = Math.min(vma.end, range.end);
    const result = yield* walkVma(current, walk, vma, va, end);
    if (result !== 0) return result;
    va = end;
  }
  return 0;
}

/** Nothing can be mapped in [start, end): fine if nothing was asked for. */
function fillError(range: HmmRange, start: number, end: number): boolean {
  for (let va = start; va < end; va += PAGE_SIZE) {
    const i = indexOf(range, va);
    if (neededFault(range, i, 0) !== NOTHING) return false;
    range.pfns[i] = HMM_PFN_ERROR;
  }
  return true;
}

function* walkVma(current: Current, walk: Walk, vma: Vma, start: number, end: number): Run<number> {
  const { range, mm } = walk;
  const pgd = yield* readOnce(current, mm, MmStruct.pgd);
  for (let va = start; va < end;) {
    const table = yield* findLeaf(current, pgd, TABLE_LEVELS - 1, va);
    const stop = Math.min(end, nextBoundary(va, table < 0 ? -table : 1));
    for (; va < stop; va += PAGE_SIZE) {
      const pte = table < 0 ? 0 : yield* readPte(current, table, va); // without its lock: the notifier's number decides
      const flags = cpuFlags(pte);
      const needed = neededFault(range, indexOf(range, va), flags);
      if (needed !== NOTHING) return yield* faultIn(current, walk, vma, va, stop, needed);
      range.pfns[indexOf(range, va)] = flags === 0 ? 0 : flags | ptePfn(pte);
      if ((flags & HMM_PFN_WRITE) !== 0) yield* markWritten(current, ptePfn(pte));
    }
  }
  return 0;
}

/** Fault in all pages of [start, end), as far as they lie under one table: -EBUSY if that went well. */
function* faultIn(current: Current, walk: Walk, vma: Vma, start: number, end: number, needed: number): Run<number> {
  walk.last = start;
  const isWrite = needed === NEED_WRITE_FAULT;
  if (isWrite && (vma.flags & VM_WRITE) === 0) return EPERM;
  for (let va = start; va < end; va += PAGE_SIZE) {
    const error = yield* handleMmFault(current, walk.mm, va, isWrite);
    if (error !== 0) return error === ENOMEM ? ENOMEM : EFAULT;
  }
  return EBUSY;
}

function cpuFlags(pte: number): number {
  if ((pte & PTE_PRESENT) === 0) return 0;
  return (pte & PTE_WRITE) !== 0 && (pte & PTE_ZERO_PAGE) === 0 ? HMM_PFN_VALID | HMM_PFN_WRITE : HMM_PFN_VALID;
}

function neededFault(range: HmmRange, index: number, flags: number): number {
  const asked = (range.pfns[index] & range.pfnFlagsMask) | range.defaultFlags;
  if ((asked & HMM_PFN_REQ_FAULT) === 0) return NOTHING;
  if ((asked & HMM_PFN_REQ_WRITE) !== 0 && (flags & HMM_PFN_WRITE) === 0) return NEED_WRITE_FAULT;
  return (flags & HMM_PFN_VALID) === 0 ? NEED_FAULT : NOTHING;
}

function* markWritten(current: Current, pfn: number): Run<void> {
  const page = current.kernel.mm.physical.page(pfn);
  if (((yield* readOnce(current, page, Page.flags)) & PG_LAZYFREE) !== 0)
    yield* fetchAnd(current, page, Page.flags, ~PG_LAZYFREE);
}

function indexOf(range: HmmRange, va: number): number {
  return (va - range.start) / PAGE_SIZE;
}
