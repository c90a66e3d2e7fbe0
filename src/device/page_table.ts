import { loadAcquire } from "../machine/access.ts";
import type { PhysicalMemory } from "../machine/physical.ts";
import { PTE_PRESENT, ptePfn, TABLE_LEVELS, tableIndex } from "../machine/pte.ts";
import type { Run } from "../machine/step.ts";
import { Word } from "../machine/struct.ts";
import type { Task } from "../machine/task.ts";
import type { Translation } from "./tlb.ts";

/**
 * The hardware's walk of a GPU page table: one read a level, no lock, nothing written. A driver that changes the table
 * meanwhile is met half way; what holds afterwards is ensured by its TLB invalidation.
 *
 * False if no entry permits the access (`needs`: PTE_* bits). A frame number that leads out of memory, as in a table that was
 * freed and used for something else, permits nothing.
 */
export function* walkPageTable(
  task: Task,
  physical: PhysicalMemory,
  root: number,
  va: number,
  needs: number,
  found: Translation,
): Run<boolean> {
  let pte = 0;
  let pteAddr = 0;
  let pfn = root;
  for (let level = TABLE_LEVELS - 1; level >= 0; level--) {
    if (pfn <= 0 || pfn >= physical.frames) return false;
    const entry = physical.entry(pfn, tableIndex(va, level));
    // the address of the next read depends on it: who finds a table finds it filled
    pte = yield* loadAcquire(task, entry, Word.value);
    if ((pte & PTE_PRESENT) === 0) return false;
    pteAddr = entry;
    pfn = ptePfn(pte);
  }
  found.pte = pte;
  found.pteAddr = pteAddr;
  return (needs & ~pte) === 0 && pfn < physical.frames;
}
