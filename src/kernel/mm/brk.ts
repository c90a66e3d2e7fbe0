import { readAddr, writeAddr } from "../../machine/access.ts";
import { pageAlignUp } from "../../machine/pte.ts";
import type { Run } from "../../machine/step.ts";
import { embedded, type Ptr } from "../../machine/struct.ts";
import type { Current } from "../current.ts";
import { downWrite, upWrite } from "../locking/rwsem.ts";
import { mmapRegion } from "./mmap.ts";
import { MmStruct } from "./mm_struct.ts";
import { SYS_BRK, syscall } from "./syscalls.ts";
import { detachRange, unmapDetached } from "./unmap.ts";
import { MMAP_BASE } from "./unmapped_area.ts";
import { firstVmaIn, VM_READ, VM_WRITE } from "./vma.ts";

/** `brk`: move the end of the heap there if possible. Returns where it is then (bytes). */
export function doBrk(current: Current, mm: Ptr<"mm_struct">, brk: number): Run<number> {
  return syscall(current, SYS_BRK, mm, [brk, 0, 0, 0], () => moveBrk(current, mm, brk));
}

function* moveBrk(current: Current, mm: Ptr<"mm_struct">, brk: number): Run<number> {
  const lock = embedded(mm, MmStruct.mmapLock);
  yield* downWrite(current, lock);
  const former = yield* readAddr(current, mm, MmStruct.brk);
  const isMoved = brk >= (yield* readAddr(current, mm, MmStruct.startBrk)) && (yield* resizeHeap(current, mm, former, brk));
  if (isMoved) yield* writeAddr(current, mm, MmStruct.brk, brk);
  yield* upWrite(current, lock);
  return isMoved ? brk : former;
}

/** Map or unmap the pages between two ends of the heap; false if that cannot be. */
function* resizeHeap(current: Current, mm: Ptr<"mm_struct">, from: number, to: number): Run<boolean> {
  const fromEnd = pageAlignUp(from);
  const toEnd = pageAlignUp(to);
  if (toEnd < fromEnd) {
    const vmas = yield* detachRange(current, mm, toEnd, fromEnd);
    if (!Array.isArray(vmas)) return false;
    if (vmas.length > 0) yield* unmapDetached(current, mm, vmas, toEnd, fromEnd);
    return true;
  }
  if (toEnd === fromEnd) return true;
  if (toEnd > MMAP_BASE || (yield* firstVmaIn(current, mm, fromEnd, toEnd)) !== null) return false;
  return (yield* mmapRegion(current, mm, fromEnd, toEnd, VM_READ | VM_WRITE)) >= 0;
}
