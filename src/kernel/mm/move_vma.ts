import { GFP_KERNEL } from "../../machine/slab.ts";
import { PAGE_SIZE } from "../../machine/pte.ts";
import type { Run } from "../../machine/step.ts";
import { NULL } from "../../machine/struct.ts";
import type { Current } from "../current.ts";
import { ENOMEM } from "../errno.ts";
import { linkVma } from "./mapping.ts";
import { movePageTables } from "./move_page_tables.ts";
import { detachRange, unmapDetached } from "./unmap.ts";
import { mergeVma } from "./vma_merge.ts";
import { initVma, insertVma, pgoffOf, VM_SHARED, type Vma } from "./vma.ts";

/**
 * Move [from, from + size) of a VMA to a VMA of its own at `to`, `newSize` bytes long, and its pages with it. `isOldUnmapped`
 * false: the old VMA stays, empty. `to`, or -ENOMEM with all pages where they were. mmap_lock held for write.
 */
export function* moveVma(
  current: Current,
  vma: Vma,
  from: number,
  size: number,
  to: number,
  newSize: number,
  isOldUnmapped: boolean,
): Run<number> {
  const { mm } = vma;
  const ptr = yield* current.kernel.mm.vmas.alloc(current, GFP_KERNEL);
  if (ptr === NULL) return ENOMEM;
  // Without pages yet there is nothing that ties it to its old offset; at that of its address it can merge with its new
  // neighbours.
  const isFresh = vma.mapping === NULL && (vma.flags & VM_SHARED) === 0;
  const pgoff = isFresh ? (to / PAGE_SIZE) >>> 0 : pgoffOf(vma, from);
  const copy: Vma = { ...vma, ptr, start: to, end: to + newSize, pgoff };
  initVma(current, ptr, copy);
  if (copy.mapping !== NULL) yield* linkVma(current, copy);
  yield* insertVma(current, copy);
  if (!(yield* movePageTables(current, mm, from, to, size))) {
    yield* movePageTables(current, mm, to, from, size); // back: the tables are there, so this cannot fail
    yield* dropRange(current, copy, to, to + newSize);
    return ENOMEM;
  }
  // If the old VMA cannot be cut, it stays as a whole: its pages are gone, as after MREMAP_DONTUNMAP.
  if (isOldUnmapped) yield* dropRange(current, vma, from, from + size);
  yield* mergeVma(current, copy);
  return to;
}

function* dropRange(current: Current, { mm }: Vma, start: number, end: number): Run<void> {
  const vmas = yield* detachRange(current, mm, start, end);
  if (Array.isArray(vmas)) yield* unmapDetached(current, mm, vmas, start, end);
}
