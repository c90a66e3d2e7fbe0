import { PAGE_SIZE } from "../../machine/pte.ts";
import type { Run } from "../../machine/step.ts";
import type { Ptr } from "../../machine/struct.ts";
import type { Current } from "../current.ts";
import { ENOMEM } from "../errno.ts";
import { firstVmaIn, vmasIn } from "./vma.ts";

/** Lowest address that is mapped without MAP_FIXED. */
const MMAP_MIN_ADDR = 64 * 1024;
/** Mappings are placed downwards from here. */
export const MMAP_BASE = 0x7fff_f7ff_f000;

/** Where `length` bytes fit: at `hint` if that is free, else as high as possible. -ENOMEM: nowhere. mmap_lock held for write. */
export function* getUnmappedArea(current: Current, mm: Ptr<"mm_struct">, hint: number, length: number): Run<number> {
  const wish = hint - (hint % PAGE_SIZE);
  if (wish >= MMAP_MIN_ADDR && wish + length <= MMAP_BASE && (yield* firstVmaIn(current, mm, wish, wish + length)) === null) {
    return wish;
  }
  let top = MMAP_BASE;
  const vmas = yield* vmasIn(current, mm, 0, MMAP_BASE);
  for (let i = vmas.length - 1; i >= 0; i--) {
    if (top - vmas[i].end >= length) break;
    top = Math.min(top, vmas[i].start);
  }
  return top - length >= MMAP_MIN_ADDR ? top - length : ENOMEM;
}
