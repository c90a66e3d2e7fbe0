import { PAGE_SIZE, pageAlignUp, TASK_SIZE } from "../../machine/pte.ts";
import type { Run } from "../../machine/step.ts";
import { embedded, type Ptr } from "../../machine/struct.ts";
import type { Current } from "../current.ts";
import { EINVAL } from "../errno.ts";
import { downgradeWrite, downWrite, upRead, upWrite } from "../locking/rwsem.ts";
import { MmStruct } from "./mm_struct.ts";
import { SYS_MUNMAP, syscall } from "./syscalls.ts";
import { detachRange, unmapDetached } from "./unmap.ts";

/** `munmap`: 0, -EINVAL, or -ENOMEM if a VMA had to be split and could not. Bytes. */
export function doMunmap(current: Current, mm: Ptr<"mm_struct">, addr: number, length: number): Run<number> {
  return syscall(current, SYS_MUNMAP, mm, [addr, length, 0, 0], () => munmap(current, mm, addr, length));
}

function* munmap(current: Current, mm: Ptr<"mm_struct">, addr: number, length: number): Run<number> {
  const end = addr + pageAlignUp(length);
  if (addr % PAGE_SIZE !== 0 || length <= 0 || end > TASK_SIZE) return EINVAL;
  const lock = embedded(mm, MmStruct.mmapLock);
  yield* downWrite(current, lock);
  const vmas = yield* detachRange(current, mm, addr, end);
  if (!Array.isArray(vmas) || vmas.length === 0) {
    yield* upWrite(current, lock);
    return Array.isArray(vmas) ? 0 : vmas;
  }
  // Nobody can find the VMAs any more: faults elsewhere in the process need not wait for the rest.
  yield* downgradeWrite(current, lock);
  yield* unmapDetached(current, mm, vmas, addr, end);
  yield* upRead(current, lock);
  return 0;
}
