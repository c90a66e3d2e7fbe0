import { GFP_KERNEL } from "../../machine/slab.ts";
import { PAGE_SIZE, pageAlignUp, TASK_SIZE } from "../../machine/pte.ts";
import type { Run } from "../../machine/step.ts";
import { embedded, NULL, type Ptr } from "../../machine/struct.ts";
import type { Current } from "../current.ts";
import { EEXIST, EINVAL, ENOMEM } from "../errno.ts";
import { downWrite, upWrite } from "../locking/rwsem.ts";
import { MAP_FIXED, MAP_FIXED_NOREPLACE, MAP_PRIVATE, MAP_SHARED, MAP_SHARED_VALIDATE, MAP_TYPE } from "./mman.ts";
import { linkVma } from "./mapping.ts";
import { MmStruct } from "./mm_struct.ts";
import { allocShmem } from "./shmem.ts";
import { SYS_MMAP, syscall } from "./syscalls.ts";
import { detachRange, unmapDetached } from "./unmap.ts";
import { getUnmappedArea } from "./unmapped_area.ts";
import { freeVma, unlinkVma } from "./vma_free.ts";
import { mergeVma } from "./vma_merge.ts";
import { firstVmaIn, initVma, insertVma, VM_EXEC, VM_READ, VM_SHARED, VM_WRITE, type Vma } from "./vma.ts";

/**
 * `mmap` of anonymous memory, private or shared: its address (bytes), -EINVAL, -ENOMEM or -EEXIST. `length` is rounded up to
 * whole pages; `addr` is a wish unless MAP_FIXED, and then replaces what is there.
 */
export function doMmap(
  current: Current,
  mm: Ptr<"mm_struct">,
  addr: number,
  length: number,
  prot: number,
  flags: number,
): Run<number> {
  return syscall(current, SYS_MMAP, mm, [addr, length, prot, flags], () => mmap(current, mm, addr, length, prot, flags));
}

function* mmap(current: Current, mm: Ptr<"mm_struct">, addr: number, length: number, prot: number, flags: number): Run<number> {
  const type = flags & MAP_TYPE;
  const isFixed = (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) !== 0;
  if (length <= 0 || (type !== MAP_PRIVATE && type !== MAP_SHARED && type !== MAP_SHARED_VALIDATE)) return EINVAL;
  if (isFixed && addr % PAGE_SIZE !== 0) return EINVAL;
  const size = pageAlignUp(length);
  if (size > TASK_SIZE || (isFixed && addr + size > TASK_SIZE)) return ENOMEM;
  const lock = embedded(mm, MmStruct.mmapLock);
  yield* downWrite(current, lock);
  const start = isFixed ? addr : yield* getUnmappedArea(current, mm, addr, size);
  const isTaken = (flags & MAP_FIXED_NOREPLACE) !== 0 && (yield* firstVmaIn(current, mm, start, start + size)) !== null;
  const vmFlags = (prot & (VM_READ | VM_WRITE | VM_EXEC)) | (type === MAP_PRIVATE ? 0 : VM_SHARED);
  const result = start < 0 ? start : isTaken ? EEXIST : yield* mmapRegion(current, mm, start, start + size, vmFlags);
  yield* upWrite(current, lock);
  return result;
}

/** Map [start, end) afresh, in place of what is there. `start` or -ENOMEM, and nothing has changed. mmap_lock held for write. */
export function* mmapRegion(current: Current, mm: Ptr<"mm_struct">, start: number, end: number, flags: number): Run<number> {
  const vma = yield* allocRegion(current, mm, start, end, flags);
  if (vma === null) return ENOMEM;
  const replaced = yield* detachRange(current, mm, start, end);
  if (!Array.isArray(replaced)) {
    yield* unlinkVma(current, vma);
    yield* freeVma(current, vma);
    return replaced;
  }
  if (replaced.length > 0) yield* unmapDetached(current, mm, replaced, start, end);
  yield* insertVma(current, vma);
  yield* mergeVma(current, vma);
  return start;
}

/** A VMA with the mapping that it needs, in no tree yet; null if out of memory. */
function* allocRegion(current: Current, mm: Ptr<"mm_struct">, start: number, end: number, flags: number): Run<Vma | null> {
  const ptr = yield* current.kernel.mm.vmas.alloc(current, GFP_KERNEL);
  if (ptr === NULL) return null;
  const isShared = (flags & VM_SHARED) !== 0;
  const mapping = isShared ? yield* allocShmem(current, (end - start) / PAGE_SIZE) : (NULL as Ptr<"address_space">);
  const vma: Vma = { ptr, mm, start, end, flags, pgoff: isShared ? 0 : (start / PAGE_SIZE) >>> 0, mapping };
  if (isShared && mapping === NULL) {
    yield* freeVma(current, vma);
    return null;
  }
  initVma(current, ptr, vma);
  if (isShared) yield* linkVma(current, vma);
  return vma;
}
