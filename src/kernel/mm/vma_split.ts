import { GFP_KERNEL } from "../../machine/slab.ts";
import type { Run } from "../../machine/step.ts";
import { NULL } from "../../machine/struct.ts";
import type { Current } from "../current.ts";
import { linkVmaLocked } from "./mapping.ts";
import { lockVmaMapping, unlockVmaMapping } from "./vma_lock.ts";
import { initVma, insertVma, pgoffOf, resizeVma, type Vma } from "./vma.ts";

/** A VMA cut in two. */
export interface SplitVma {
  readonly left: Vma;
  readonly right: Vma;
}

/** Cut a VMA at `addr`, inside it; null if out of memory. mmap_lock held for write. */
export function* splitVma(current: Current, vma: Vma, addr: number): Run<SplitVma | null> {
  const ptr = yield* current.kernel.mm.vmas.alloc(current, GFP_KERNEL);
  if (ptr === NULL) return null;
  const left = { ...vma, end: addr };
  const right = { ...vma, ptr, start: addr, pgoff: pgoffOf(vma, addr) };
  initVma(current, ptr, right);
  yield* lockVmaMapping(current, vma);
  yield* resizeVma(current, vma, left.start, left.end, left.pgoff);
  yield* insertVma(current, right);
  if (vma.mapping !== NULL) yield* linkVmaLocked(current, right);
  yield* unlockVmaMapping(current, vma);
  return { left, right };
}

/** Cut a VMA so that [start, end) is one of its own: that one, or null if out of memory. mmap_lock held for write. */
export function* isolateVma(current: Current, vma: Vma, start: number, end: number): Run<Vma | null> {
  let middle = vma;
  if (start > middle.start) {
    const split = yield* splitVma(current, middle, start);
    if (split === null) return null;
    middle = split.right;
  }
  if (end < middle.end) {
    const split = yield* splitVma(current, middle, end);
    if (split === null) return null;
    middle = split.left;
  }
  return middle;
}
