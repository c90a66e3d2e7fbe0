import { readOnce } from "../../machine/access.ts";
import { pageAlignDown, PTE_PRESENT, PTE_SWAP, PTE_WRITE } from "../../machine/pte.ts";
import type { Run } from "../../machine/step.ts";
import type { Ptr } from "../../machine/struct.ts";
import type { Current } from "../current.ts";
import { EFAULT, ENOMEM } from "../errno.ts";
import type { Fault } from "./fault_info.ts";
import { faultAnonymous } from "./fault_anonymous.ts";
import { faultShared } from "./fault_shared.ts";
import { faultSwap } from "./fault_swap.ts";
import { faultWriteProtected } from "./fault_write_protected.ts";
import { MMF_UNSTABLE, MmStruct } from "./mm_struct.ts";
import { allocLeaf, readPte } from "./page_table.ts";
import { VM_READ, VM_SHARED, VM_WRITE, VM_EXEC, vmaLookup, type Vma } from "./vma.ts";

/**
 * Make the page at `va` accessible, if the mapping allows it. mmap_lock held, for read. 0 also means that the entry changed
 * meanwhile: the access is tried again in any case. -EFAULT: no such mapping; -ENOMEM.
 */
export function* handleMmFault(current: Current, mm: Ptr<"mm_struct">, va: number, isWrite: boolean): Run<number> {
  const vma = yield* vmaLookup(current, mm, va);
  if (vma === null || !isAllowed(vma, isWrite)) return EFAULT;
  if (((yield* readOnce(current, mm, MmStruct.flags)) & MMF_UNSTABLE) !== 0) return EFAULT;
  const table = yield* allocLeaf(current, mm, va);
  if (table === 0) return ENOMEM;
  const pte = yield* readPte(current, table, va);
  const fault: Fault = { vma, va: pageAlignDown(va), isWrite, table, pte };
  if (pte === 0) return yield* (vma.flags & VM_SHARED) === 0 ? faultAnonymous(current, fault) : faultShared(current, fault);
  if ((pte & PTE_SWAP) !== 0) return yield* faultSwap(current, fault);
  if ((pte & PTE_PRESENT) !== 0 && isWrite && (pte & PTE_WRITE) === 0) return yield* faultWriteProtected(current, fault);
  return 0;
}

function isAllowed(vma: Vma, isWrite: boolean): boolean {
  return (vma.flags & (isWrite ? VM_WRITE : VM_READ | VM_WRITE | VM_EXEC)) !== 0;
}
