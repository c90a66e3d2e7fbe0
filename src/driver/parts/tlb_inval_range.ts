import { PAGE_SIZE, PMD_SIZE } from "../../machine/pte.ts";

/** Ranges of at least {@link PMD_SIZE} are flushed in blocks of at least this many bytes. */
export const LARGE_FLUSH_SIZE = 16 * 1024 * 1024;

/** Process addresses in bytes, `end` exclusive. */
export interface FlushRange {
  readonly start: number;
  readonly end: number;
}

/**
 * What the hardware is able to flush: the smallest aligned block, a power of two of at least one page, that covers
 * [start, end). More than was asked for is flushed, never less (RULES 66 shows what comes to lean on it).
 */
export function tlbInvalRange(start: number, end: number): FlushRange {
  let size = PAGE_SIZE;
  while (start - (start % size) + size < end) size *= 2;
  if (size >= PMD_SIZE) size = Math.max(size, LARGE_FLUSH_SIZE);
  const base = start - (start % size);
  return { start: base, end: base + size };
}
