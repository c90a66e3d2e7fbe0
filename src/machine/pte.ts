/**
 * Page-table entries and addresses, the same for the CPU and the GPUs: 4 KiB pages, 48-bit virtual addresses, radix
 * trees of four levels with 512 entries of one 32-bit word each. Level 3 is the root (PGD), level 0 the leaf (PTE).
 */

export const PAGE_SHIFT = 12;
/** Bytes. */
export const PAGE_SIZE = 4096;
/** Bytes covered by one entry of level 1. */
export const PMD_SIZE = 2 * 1024 * 1024;
/** Entries of one table. */
export const PTRS_PER_TABLE = 512;
export const TABLE_LEVELS = 4;
/** First address that no process can have, in bytes. */
export const TASK_SIZE = 2 ** 47;

/** The entry leads to a frame (or, above level 0, to the next table). */
export const PTE_PRESENT = 1;
export const PTE_WRITE = 2;
export const PTE_DIRTY = 4;
export const PTE_ACCESSED = 8;
/** Not present; the frame number is a swap slot. */
export const PTE_SWAP = 16;
/** The shared page of zeros: never writable, not counted. */
export const PTE_ZERO_PAGE = 32;
/** Leads to a frame, but the mapping forbids all access: not present for any processor. */
export const PTE_PROTNONE = 64;
const PTE_FLAG_BITS = 8;

/** An entry for frame `pfn` (or swap slot) with these flags. */
export function mkPte(pfn: number, flags: number): number {
  return (pfn << PTE_FLAG_BITS) | flags;
}

export function ptePfn(pte: number): number {
  return pte >>> PTE_FLAG_BITS;
}

/** Bytes covered by one entry of a table, by level: looked up, for a power of floating-point numbers takes longer than a walk. */
const LEVEL_SIZES: readonly number[] = Array.from({ length: TABLE_LEVELS }, (_, level) => 2 ** (PAGE_SHIFT + 9 * level));

/** Index of `va`'s entry in its table of `level`. */
export function tableIndex(va: number, level: number): number {
  return (va / LEVEL_SIZES[level]) & (PTRS_PER_TABLE - 1); // ToInt32 drops the fraction and keeps the low 32 bits
}

/** Bytes covered by one entry of a table of `level`. */
export function levelSize(level: number): number {
  return LEVEL_SIZES[level];
}

export function pageAlignDown(va: number): number {
  return va - (va % PAGE_SIZE);
}

export function pageAlignUp(va: number): number {
  return pageAlignDown(va + PAGE_SIZE - 1);
}

/** Does the entry hold on to a frame that is counted: present or forbidden, and not the shared page of zeros? */
export function pteHoldsFrame(pte: number): boolean {
  return (pte & (PTE_PRESENT | PTE_PROTNONE)) !== 0 && (pte & PTE_ZERO_PAGE) === 0;
}
