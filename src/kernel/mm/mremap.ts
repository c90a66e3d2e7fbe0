import { PAGE_SIZE, pageAlignUp, TASK_SIZE } from "../../machine/pte.ts";
import type { Run } from "../../machine/step.ts";
import { embedded, type Ptr } from "../../machine/struct.ts";
import type { Current } from "../current.ts";
import { EFAULT, EINVAL, ENOMEM } from "../errno.ts";
import { downWrite, upWrite } from "../locking/rwsem.ts";
import { MREMAP_DONTUNMAP, MREMAP_FIXED, MREMAP_MAYMOVE } from "./mman.ts";
import { MmStruct } from "./mm_struct.ts";
import { moveVma } from "./move_vma.ts";
import { SYS_MREMAP, syscall } from "./syscalls.ts";
import { detachRange, unmapDetached } from "./unmap.ts";
import { getUnmappedArea } from "./unmapped_area.ts";
import { lockVmaMapping, unlockVmaMapping } from "./vma_lock.ts";
import { mergeVma } from "./vma_merge.ts";
import { firstVmaIn, readVma, resizeVma, vmaLookup, type Vma } from "./vma.ts";

/** What is asked for, in whole pages. */
interface Request {
  readonly mm: Ptr<"mm_struct">;
  readonly addr: number;
  readonly oldSize: number;
  readonly newSize: number;
  readonly flags: number;
  readonly newAddr: number;
}

/**
 * `mremap`: where the mapping is then (bytes). -EINVAL; -EFAULT: the old range is not within one mapping; -ENOMEM, and then the
 * mapping is where it was.
 */
export function doMremap(
  current: Current,
  mm: Ptr<"mm_struct">,
  oldAddr: number,
  oldLen: number,
  newLen: number,
  flags: number,
  newAddr: number,
): Run<number> {
  const request = { mm, addr: oldAddr, oldSize: pageAlignUp(oldLen), newSize: pageAlignUp(newLen), flags, newAddr };
  return syscall(current, SYS_MREMAP, mm, [oldAddr, oldLen, newLen, flags], () => mremap(current, request));
}

function* mremap(current: Current, request: Request): Run<number> {
  if (!isValid(request)) return EINVAL;
  const lock = embedded(request.mm, MmStruct.mmapLock);
  yield* downWrite(current, lock);
  const result = yield* mremapLocked(current, request);
  yield* upWrite(current, lock);
  return result;
}

function isValid({ addr, oldSize, newSize, flags, newAddr }: Request): boolean {
  if ((flags & ~(MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP)) !== 0 || addr % PAGE_SIZE !== 0) return false;
  if (oldSize <= 0 || newSize <= 0 || addr + oldSize > TASK_SIZE || newSize > TASK_SIZE) return false;
  if ((flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) !== 0 && (flags & MREMAP_MAYMOVE) === 0) return false;
  if ((flags & MREMAP_DONTUNMAP) !== 0 && oldSize !== newSize) return false;
  if ((flags & MREMAP_FIXED) === 0) return true;
  const isApart = newAddr + newSize <= addr || addr + oldSize <= newAddr;
  return newAddr % PAGE_SIZE === 0 && newAddr + newSize <= TASK_SIZE && isApart;
}

function* mremapLocked(current: Current, request: Request): Run<number> {
  const { mm, addr, oldSize, newSize, flags } = request;
  const found = yield* vmaLookup(current, mm, addr);
  if (found === null) return EFAULT;
  if ((flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) === 0) {
    if (newSize <= oldSize) return yield* shrink(current, request);
    if (addr + oldSize > found.end) return EFAULT;
    if (yield* expandInPlace(current, request, found)) return addr;
    if ((flags & MREMAP_MAYMOVE) === 0) return ENOMEM;
  }
  return yield* moveElsewhere(current, request);
}

/** Unmap what is too much; the rest stays where it is. */
function* shrink(current: Current, { mm, addr, oldSize, newSize }: Request): Run<number> {
  return (yield* unmapRange(current, mm, addr + newSize, addr + oldSize)) ?? addr;
}

/** Let the mapping grow where it is, if there is room behind it. */
function* expandInPlace(current: Current, { mm, addr, oldSize, newSize }: Request, vma: Vma): Run<boolean> {
  const end = addr + newSize;
  if (addr + oldSize !== vma.end || end > TASK_SIZE || (yield* firstVmaIn(current, mm, vma.end, end)) !== null) return false;
  yield* lockVmaMapping(current, vma);
  yield* resizeVma(current, vma, vma.start, end, vma.pgoff);
  yield* unlockVmaMapping(current, vma);
  yield* mergeVma(current, yield* readVma(current, vma.ptr));
  return true;
}

function* moveElsewhere(current: Current, { mm, addr, oldSize, newSize, flags, newAddr }: Request): Run<number> {
  let to = newAddr;
  if ((flags & MREMAP_FIXED) !== 0) {
    const error = yield* unmapRange(current, mm, to, to + newSize);
    if (error !== null) return error;
  } else {
    to = yield* getUnmappedArea(current, mm, newAddr, newSize);
    if (to < 0) return to;
  }
  let size = oldSize;
  if (newSize < oldSize) {
    const error = yield* unmapRange(current, mm, addr + newSize, addr + oldSize);
    if (error !== null) return error;
    size = newSize;
  }
  const vma = yield* vmaLookup(current, mm, addr);
  if (vma === null || addr + size > vma.end) return EFAULT;
  return yield* moveVma(current, vma, addr, size, to, newSize, (flags & MREMAP_DONTUNMAP) === 0);
}

/** null, or a negative error. */
function* unmapRange(current: Current, mm: Ptr<"mm_struct">, start: number, end: number): Run<number | null> {
  if (start >= end) return null;
  const vmas = yield* detachRange(current, mm, start, end);
  if (!Array.isArray(vmas)) return vmas;
  if (vmas.length > 0) yield* unmapDetached(current, mm, vmas, start, end);
  return null;
}
