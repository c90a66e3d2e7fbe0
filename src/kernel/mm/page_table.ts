import { loadAcquire, publish, readOnce, storeRelease, visit, xchg } from "../../machine/access.ts";
import { cpuRelax } from "../../machine/futex.ts";
import { FRAME_PAGE_TABLE, Page } from "../../machine/physical.ts";
import { levelSize, mkPte, PTE_PRESENT, ptePfn, TABLE_LEVELS, tableIndex } from "../../machine/pte.ts";
import { GFP_KERNEL } from "../../machine/slab.ts";
import type { Run } from "../../machine/step.ts";
import { embedded, Word, type Ptr } from "../../machine/struct.ts";
import { trace } from "../../machine/tracepoint.ts";
import { spinLock, spinUnlock } from "../locking/spinlock.ts";
import type { Current } from "../current.ts";
import { kernelEvents } from "../tracepoints.ts";
import { MmStruct } from "./mm_struct.ts";
import { allocPage, putPage } from "./page_alloc.ts";

/**
 * Page tables of the CPU, and the trees of pages of shared memory, which have the same form. Entries of the upper levels
 * are set under one lock of the tree; those of a leaf table under that table's own lock (its `ptl`). All may be read
 * without a lock.
 */

/** The lock of a leaf table. */
export function ptlOf(current: Current, table: number): Ptr<"spinlock"> {
  return (current.kernel.mm.physical.page(table) + Page.ptl) as Ptr<"spinlock">;
}

/** First address behind what one entry of a table of `level` covers around `va`. */
export function nextBoundary(va: number, level: number): number {
  const size = levelSize(level);
  return va - (va % size) + size;
}

/**
 * The leaf table for `va` in the tree below the table `root` of level `top`; or minus the level of the empty entry at which the
 * walk ended. A walk beside tables being freed may come out anywhere: see {@link lockLeaf}.
 */
export function* findLeaf(current: Current, root: number, top: number, va: number): Run<number> {
  const { physical } = current.kernel.mm;
  let table = root;
  for (let level = top; level > 0; level--) {
    // READ_ONCE and an address dependency: who finds the entry finds the table zeroed.
    const entry = yield* loadAcquire(current, physical.entry(table, tableIndex(va, level)), Word.value);
    if ((entry & PTE_PRESENT) === 0 || ptePfn(entry) >= physical.frames) return -level;
    table = ptePfn(entry);
  }
  return table;
}

/** {@link findLeaf} with the missing tables put in, under the spinlock `lock`; 0 if out of memory. */
export function* growLeaf(current: Current, root: number, top: number, lock: Ptr<"spinlock">, va: number): Run<number> {
  const { physical } = current.kernel.mm;
  let table = root;
  for (let level = top; level > 0; level--) {
    const entry = physical.entry(table, tableIndex(va, level));
    let value = yield* loadAcquire(current, entry, Word.value);
    if (value === 0) {
      const child = yield* allocPage(current, GFP_KERNEL, FRAME_PAGE_TABLE);
      if (child < 0) return 0;
      yield* spinLock(current, lock);
      value = yield* readOnce(current, entry, Word.value);
      const isOurs = value === 0;
      if (isOurs) {
        value = mkPte(child, PTE_PRESENT);
        yield* storeRelease(current, entry, Word.value, value); // the table is zeroed before anybody finds it
      }
      yield* spinUnlock(current, lock);
      if (!isOurs) yield* putPage(current, child);
    }
    table = ptePfn(value);
  }
  return table;
}

/** The leaf table of `mm` for `va`, made if need be; 0 if out of memory. mmap_lock held. */
export function* allocLeaf(current: Current, mm: Ptr<"mm_struct">, va: number): Run<number> {
  const root = yield* readOnce(current, mm, MmStruct.pgd);
  return yield* growLeaf(current, root, TABLE_LEVELS - 1, embedded(mm, MmStruct.pageTableLock), va);
}

/**
 * Find the leaf table of `mm` for `va` and take its lock: `pte_offset_map_lock`. Minus a level if there is none, as in
 * {@link findLeaf}.
 *
 * A processor's own walk holds nothing, and tables may be freed under it. If `tableSeq` has not moved once the lock is ours, then
 * the table is in the tree, and whoever wants to take it out needs the lock first.
 */
export function* lockLeaf(current: Current, mm: Ptr<"mm_struct">, va: number): Run<number> {
  for (;;) {
    const seq = yield* loadAcquire(current, mm, MmStruct.tableSeq);
    if ((seq & 1) === 0) {
      const table = yield* findLeaf(current, yield* readOnce(current, mm, MmStruct.pgd), TABLE_LEVELS - 1, va);
      if (table < 0) return table;
      yield* spinLock(current, ptlOf(current, table));
      if ((yield* readOnce(current, mm, MmStruct.tableSeq)) === seq) return table;
      yield* spinUnlock(current, ptlOf(current, table));
    }
    yield* cpuRelax();
  }
}

export function* unlockLeaf(current: Current, table: number): Run<void> {
  yield* spinUnlock(current, ptlOf(current, table));
}

/** The entry for `va` in its leaf table, and with it what was written to its page before it was set. */
export function* readPte(current: Current, table: number, va: number): Run<number> {
  return yield* loadAcquire(current, pteAt(current, table, va), Word.value);
}

/** Look at a whole leaf table: one step, after which {@link peekPte} is true until the lock is dropped. */
export function* visitLeaf(current: Current, table: number): Run<void> {
  yield* visit(current, current.kernel.mm.physical.content(table));
}

export function peekPte(current: Current, table: number, va: number): number {
  return current.words[pteAt(current, table, va)];
}

/** Set the entry for `va`. Table lock held. */
export function* setPte(current: Current, mm: Ptr<"mm_struct">, table: number, va: number, pte: number): Run<void> {
  yield* announcePte(current, table, va);
  storePte(current, mm, table, va, pte);
}

/** First half of {@link setPte}: the step. What the caller does between the halves happens together with the write. */
export function announcePte(current: Current, table: number, va: number): Run<void> {
  return publish(current, pteAt(current, table, va)); // the page was filled before
}

/** Second half of {@link setPte}. */
export function storePte(current: Current, mm: Ptr<"mm_struct">, table: number, va: number, pte: number): void {
  const old = Atomics.exchange(current.words, pteAt(current, table, va), pte);
  trace(current, kernelEvents.pteSet, mm, va, pte, old);
}

/** Clear the entry for `va`; returns what it was. Table lock held. */
export function* clearPte(current: Current, mm: Ptr<"mm_struct">, table: number, va: number): Run<number> {
  const old = yield* xchg(current, pteAt(current, table, va), Word.value, 0);
  trace(current, kernelEvents.pteClear, mm, va, old);
  return old;
}

/** The word of the entry for `va`. */
export function pteAt(current: Current, table: number, va: number): Ptr<"word"> {
  return current.kernel.mm.physical.entry(table, tableIndex(va, 0));
}
