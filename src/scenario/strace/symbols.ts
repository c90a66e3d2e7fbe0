/** The names that strace prints for flags, with the values that x86-64 Linux gives them. */
export const PROT: ReadonlyMap<string, number> = new Map([
  ["PROT_NONE", 0],
  ["PROT_READ", 1],
  ["PROT_WRITE", 2],
  ["PROT_EXEC", 4],
  ["PROT_SEM", 8],
  // Of arm64 and powerpc: they are about jumps, tags and the order of accesses by CPUs.
  ["PROT_BTI", 0],
  ["PROT_MTE", 0],
  ["PROT_SAO", 0],
  ["PROT_GROWSDOWN", 0x100_0000],
  ["PROT_GROWSUP", 0x200_0000],
]);

export const MAP: ReadonlyMap<string, number> = new Map([
  ["MAP_FILE", 0],
  ["MAP_SHARED", 0x1],
  ["MAP_PRIVATE", 0x2],
  ["MAP_SHARED_VALIDATE", 0x3],
  ["MAP_DROPPABLE", 0x8],
  ["MAP_FIXED", 0x10],
  ["MAP_ANONYMOUS", 0x20],
  ["MAP_32BIT", 0x40],
  ["MAP_ABOVE4G", 0x80],
  ["MAP_GROWSDOWN", 0x100],
  ["MAP_GROWSUP", 0],
  ["MAP_DENYWRITE", 0x800],
  ["MAP_EXECUTABLE", 0x1000],
  ["MAP_LOCKED", 0x2000],
  ["MAP_NORESERVE", 0x4000],
  ["MAP_POPULATE", 0x8000],
  ["MAP_NONBLOCK", 0x1_0000],
  ["MAP_STACK", 0x2_0000],
  ["MAP_HUGETLB", 0x4_0000],
  ["MAP_SYNC", 0x8_0000],
  ["MAP_FIXED_NOREPLACE", 0x10_0000],
  ["MAP_UNINITIALIZED", 0x400_0000],
]);

export const MREMAP: ReadonlyMap<string, number> = new Map([
  ["MREMAP_MAYMOVE", 1],
  ["MREMAP_FIXED", 2],
  ["MREMAP_DONTUNMAP", 4],
]);

export const MADV: ReadonlyMap<string, number> = new Map([
  ["MADV_NORMAL", 0],
  ["MADV_RANDOM", 1],
  ["MADV_SEQUENTIAL", 2],
  ["MADV_WILLNEED", 3],
  ["MADV_DONTNEED", 4],
  ["MADV_FREE", 8],
  ["MADV_REMOVE", 9],
  ["MADV_DONTFORK", 10],
  ["MADV_DOFORK", 11],
  ["MADV_MERGEABLE", 12],
  ["MADV_UNMERGEABLE", 13],
  ["MADV_HUGEPAGE", 14],
  ["MADV_NOHUGEPAGE", 15],
  ["MADV_DONTDUMP", 16],
  ["MADV_DODUMP", 17],
  ["MADV_WIPEONFORK", 18],
  ["MADV_KEEPONFORK", 19],
  ["MADV_COLD", 20],
  ["MADV_PAGEOUT", 21],
  ["MADV_POPULATE_READ", 22],
  ["MADV_POPULATE_WRITE", 23],
  ["MADV_DONTNEED_LOCKED", 24],
  ["MADV_COLLAPSE", 25],
  ["MADV_HWPOISON", 100],
  ["MADV_SOFT_OFFLINE", 101],
  ["MADV_GUARD_INSTALL", 102],
  ["MADV_GUARD_REMOVE", 103],
]);

/** `21<<MAP_HUGE_SHIFT`: the size of a huge page. */
const SHIFTED = /^(\d+)<<MAP_HUGE_SHIFT$/u;
const MAP_HUGE_SHIFT = 26;

/**
 * The value of `A|B|0x10`; what strace has no name for, it prints as a number.
 * @returns null if a name is not in the table
 */
export function parseSymbols(text: string, table: ReadonlyMap<string, number>): number | null {
  let value = 0;
  for (const part of text.split("|")) {
    const bit = table.get(part) ?? numeric(part);
    if (bit === null) return null;
    // Not `|`: flags fill 32 bits unsigned, and no bit stands in two parts of what strace prints.
    value += bit;
  }
  return value;
}

function numeric(part: string): number | null {
  const shifted = SHIFTED.exec(part);
  if (shifted !== null) return Number(shifted[1]) * 2 ** MAP_HUGE_SHIFT;
  return /^(?:0x[0-9a-f]+|\d+)$/u.test(part) ? Number(part) : null;
}
