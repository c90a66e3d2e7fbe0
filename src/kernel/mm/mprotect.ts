import { write } from "../../machine/access.ts";
import { PAGE_SIZE, pageAlignUp, PTE_PRESENT, PTE_PROTNONE, PTE_SWAP, PTE_WRITE, TASK_SIZE } from "../../machine/pte.ts";
import type { Run } from "../../machine/step.ts";
import { embedded, type Ptr } from "../../machine/struct.ts";
import type { Current } from "../current.ts";
import { EINVAL, ENOMEM } from "../errno.ts";
import { downWrite, upWrite } from "../locking/rwsem.ts";
import { mmuNotifierInvalidateRangeEnd, mmuNotifierInvalidateRangeStart } from "../mmu_notifier/invalidate.ts";
import { mmuNotifierRangeInit } from "../mmu_notifier/range.ts";
import { MMU_NOTIFY_PROTECTION_VMA } from "../mmu_notifier/types.ts";
import { flushTlbRange } from "./flush_tlb.ts";
import { MmStruct } from "./mm_struct.ts";
import { peekPte, setPte } from "./page_table.ts";
import { SYS_MPROTECT, syscall } from "./syscalls.ts";
import { lockVmaMapping, unlockVmaMapping } from "./vma_lock.ts";
import { mergeVma } from "./vma_merge.ts";
import { isolateVma } from "./vma_split.ts";
import { VM_EXEC, VM_READ, VM_WRITE, VmAreaStruct, vmasIn, type Vma } from "./vma.ts";
import { walkLeaves } from "./walk_leaves.ts";

const VM_ACCESS = VM_READ | VM_WRITE | VM_EXEC;

/** `mprotect`: 0, -EINVAL, or -ENOMEM at the first hole, what is below it being done. Bytes. */
export function doMprotect(current: Current, mm: Ptr<"mm_struct">, addr: number, length: number, prot: number): Run<number> {
  return syscall(current, SYS_MPROTECT, mm, [addr, length, prot, 0], () => mprotect(current, mm, addr, length, prot));
}

function* mprotect(current: Current, mm: Ptr<"mm_struct">, addr: number, length: number, prot: number): Run<number> {
  const end = addr + pageAlignUp(length);
  if (addr % PAGE_SIZE !== 0 || length < 0 || (prot & ~VM_ACCESS) !== 0) return EINVAL;
  if (end > TASK_SIZE) return ENOMEM;
  if (length === 0) return 0;
  const lock = embedded(mm, MmStruct.mmapLock);
  yield* downWrite(current, lock);
  const result = yield* protectRange(current, mm, addr, end, prot);
  yield* upWrite(current, lock);
  return result;
}

function* protectRange(current: Current, mm: Ptr<"mm_struct">, start: number, end: number, prot: number): Run<number> {
  for (let at = start; at < end;) {
    const vma = (yield* vmasIn(current, mm, at, at + PAGE_SIZE))[0];
    if (vma === undefined) return ENOMEM;
    const pieceEnd = Math.min(end, vma.end);
    const flags = (vma.flags & ~VM_ACCESS) | prot;
    if (flags !== vma.flags) {
      const piece = yield* isolateVma(current, vma, at, pieceEnd);
      if (piece === null) return ENOMEM;
      yield* protectVma(current, { ...piece, flags });
    }
    at = pieceEnd;
  }
  return 0;
}

/** Give a whole VMA its new flags. */
function* protectVma(current: Current, vma: Vma): Run<void> {
  yield* lockVmaMapping(current, vma);
  yield* write(current, vma.ptr, VmAreaStruct.vmFlags, vma.flags);
  yield* unlockVmaMapping(current, vma);
  yield* mergeVma(current, vma);
  const range = mmuNotifierRangeInit(current, vma.mm, vma.start, vma.end, MMU_NOTIFY_PROTECTION_VMA);
  yield* mmuNotifierInvalidateRangeStart(current, range);
  if (yield* changeProtection(current, vma)) yield* flushTlbRange(current, vma.mm, vma.start, vma.end);
  yield* mmuNotifierInvalidateRangeEnd(current, range);
}

/** Take from the entries what the VMA forbids. What it newly allows they get by faults. True if any entry changed. */
function* changeProtection(current: Current, { mm, start, end, flags }: Vma): Run<boolean> {
  let isChanged = false;
  yield* walkLeaves(current, mm, start, end, function* (table, first, tableEnd) {
    for (let va = first; va < tableEnd; va += PAGE_SIZE) {
      const pte = peekPte(current, table, va);
      const changed = protectedPte(pte, flags);
      if (changed === pte) continue;
      yield* setPte(current, mm, table, va, changed);
      isChanged = true;
    }
  });
  return isChanged;
}

function protectedPte(pte: number, flags: number): number {
  if (pte === 0 || (pte & PTE_SWAP) !== 0) return pte;
  const kept = pte & ~(PTE_PRESENT | PTE_PROTNONE | ((flags & VM_WRITE) === 0 ? PTE_WRITE : 0));
  return kept | ((flags & VM_ACCESS) === 0 ? PTE_PROTNONE : PTE_PRESENT);
}
