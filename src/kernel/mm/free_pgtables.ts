import { fetchAdd, readOnce, visit, writeOnce } from "../../machine/access.ts";
import { levelSize, PMD_SIZE, PTE_PRESENT, ptePfn, PTRS_PER_TABLE, TABLE_LEVELS } from "../../machine/pte.ts";
import type { Run } from "../../machine/step.ts";
import { embedded, Word, type Ptr } from "../../machine/struct.ts";
import type { Current } from "../current.ts";
import { spinLock, spinUnlock } from "../locking/spinlock.ts";
import { flushTlbRange } from "./flush_tlb.ts";
import { MmStruct } from "./mm_struct.ts";
import { putPage } from "./page_alloc.ts";
import { ptlOf } from "./page_table.ts";
import { firstVmaIn } from "./vma.ts";

/**
 * Free the page tables that [start, end) leaves without use: those in whose span no VMA is left. mmap_lock held, and the VMAs
 * that were there are out of the tree and of the reverse map, so that nobody but a processor's own walk can be in these tables.
 */
export function* freePgtables(current: Current, mm: Ptr<"mm_struct">, start: number, end: number): Run<void> {
  const first = start - (start % PMD_SIZE);
  // Most often there is but one leaf table, and it has to stay, as has all above it.
  if (end <= first + PMD_SIZE && (yield* firstVmaIn(current, mm, first, first + PMD_SIZE)) !== null) return;
  const lock = embedded(mm, MmStruct.pageTableLock);
  const tables: number[] = [];
  yield* spinLock(current, lock);
  yield* fetchAdd(current, mm, MmStruct.tableSeq, 1);
  const root = yield* readOnce(current, mm, MmStruct.pgd);
  yield* takeTables(current, mm, root, TABLE_LEVELS - 1, 0, start, end, tables);
  yield* fetchAdd(current, mm, MmStruct.tableSeq, 1);
  yield* spinUnlock(current, lock);
  if (tables.length === 0) return;
  yield* flushTlbRange(current, mm, start, end); // the processors cache upper levels too
  for (const table of tables) yield* putPage(current, table);
}

/** Take the unused tables below `table`, which covers addresses from `base` on, out of the tree. */
function* takeTables(
  current: Current,
  mm: Ptr<"mm_struct">,
  table: number,
  level: number,
  base: number,
  start: number,
  end: number,
  taken: number[],
): Run<void> {
  const { physical } = current.kernel.mm;
  const size = levelSize(level);
  const first = Math.max(0, Math.floor((start - base) / size));
  const last = Math.min(PTRS_PER_TABLE, Math.ceil((end - base) / size));
  yield* visit(current, physical.content(table));
  for (let i = first; i < last; i++) {
    const entry = physical.entry(table, i);
    if ((current.words[entry] & PTE_PRESENT) === 0) continue;
    const child = ptePfn(current.words[entry]);
    const from = base + i * size;
    if (level > 1) yield* takeTables(current, mm, child, level - 1, from, start, end, taken);
    if ((yield* firstVmaIn(current, mm, from, from + size)) !== null) continue;
    yield* spinLock(current, ptlOf(current, child)); // a processor that has it goes on; the next one finds it gone
    yield* writeOnce(current, entry, Word.value, 0);
    yield* spinUnlock(current, ptlOf(current, child));
    taken.push(child);
  }
}
