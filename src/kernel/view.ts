import { FRAME_FREE, FRAME_GPU_PAGE_TABLE, FRAME_PAGE_TABLE, FRAME_SYSTEM, Page } from "../machine/physical.ts";
import { PTE_PRESENT, ptePfn, TABLE_LEVELS, tableIndex } from "../machine/pte.ts";
import type { Ptr } from "../machine/struct.ts";
import type { Kernel } from "./kernel.ts";
import { MmStruct } from "./mm/mm_struct.ts";
import { SwapSlot } from "./mm/swap.ts";

export { MMU_NOTIFY_EXCLUSIVE, MMU_NOTIFY_MIGRATE, MMU_NOTIFY_NAMES, MMU_NOTIFY_RELEASE } from "./mmu_notifier/types.ts";
export { WARN_NAMES } from "./warn_code.ts";

/**
 * Looking at the kernel's memory from outside, without a step and without a lock: for oracles and reports. What is seen while
 * tasks run may be torn between two of their steps, but never leads outside the memory.
 */

/** Page-table entry of `mm` for `va`; 0 if there is none. */
export function lookupPte(words: Int32Array, kernel: Kernel, mm: Ptr<"mm_struct">, va: number): number {
  const { physical } = kernel.mm;
  let table = words[mm + MmStruct.pgd];
  for (let level = TABLE_LEVELS - 1; level > 0; level--) {
    if (table <= 0 || table >= physical.frames) return 0;
    const entry = words[physical.entry(table, tableIndex(va, level))];
    if ((entry & PTE_PRESENT) === 0) return 0;
    table = ptePfn(entry);
  }
  return table <= 0 || table >= physical.frames ? 0 : words[physical.entry(table, tableIndex(va, 0))];
}

/** How many frames are in which state. Page tables include the nodes of the trees of shared memory. */
export interface FrameCounts {
  readonly free: number;
  readonly system: number;
  readonly pageTable: number;
  readonly gpuPageTable: number;
}

export function countFrames(words: Int32Array, kernel: Kernel): FrameCounts {
  return {
    free: pagesOf(words, kernel, FRAME_FREE).length,
    system: pagesOf(words, kernel, FRAME_SYSTEM).length,
    pageTable: pagesOf(words, kernel, FRAME_PAGE_TABLE).length,
    gpuPageTable: pagesOf(words, kernel, FRAME_GPU_PAGE_TABLE).length,
  };
}

/** The frames in a state (FRAME_*). */
export function pagesOf(words: Int32Array, kernel: Kernel, state: number): number[] {
  const { physical } = kernel.mm;
  const pfns: number[] = [];
  for (let pfn = 0; pfn < physical.frames; pfn++) {
    if (words[physical.page(pfn) + Page.state] === state) pfns.push(pfn);
  }
  return pfns;
}

/** What is in use. At the end of a run, with all processes gone and all devices closed, everything is 0. */
export interface Balance {
  /** Frames in use, without the page of zeros. */
  readonly frames: number;
  readonly mms: number;
  readonly vmas: number;
  readonly mappings: number;
  readonly swapSlots: number;
}

export function balanceOf(words: Int32Array, kernel: Kernel): Balance {
  const { mm } = kernel;
  let swapSlots = 0;
  for (let slot = 0; slot < mm.swap.slots; slot++) {
    if (words[mm.swap.slot(slot) + SwapSlot.count] !== 0) swapSlots++;
  }
  return {
    frames: mm.physical.frames - 1 - countFrames(words, kernel).free,
    mms: mm.mmStructs.inUse(words),
    vmas: mm.vmas.inUse(words),
    mappings: mm.mappings.inUse(words),
    swapSlots,
  };
}
