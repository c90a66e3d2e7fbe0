import { fetchAdd, readOnce, writeOnce } from "../../machine/access.ts";
import { PTE_ACCESSED, PTE_DIRTY, PTE_PRESENT, PTE_WRITE, ptePfn } from "../../machine/pte.ts";
import type { Run } from "../../machine/step.ts";
import { embedded, Word, type Ptr } from "../../machine/struct.ts";
import { trace } from "../../machine/tracepoint.ts";
import type { Current } from "../current.ts";
import { downRead, upRead } from "../locking/rwsem.ts";
import { ACCESS_ADD, ACCESS_READ, kernelEvents } from "../tracepoints.ts";
import { handleMmFault } from "./fault.ts";
import { MmStruct } from "./mm_struct.ts";
import { lockLeaf, peekPte, unlockLeaf, visitLeaf, setPte } from "./page_table.ts";

/**
 * One user-mode access of this CPU to word `word` of the page at `va` (word 0 is the counter that all add to, 1 + w the word that
 * only processor w writes). `kind` is ACCESS_*; `value` what is written or added.
 *
 * Returns the value read, or the one before the addition, or `value` if written; a negative error if the mapping does not allow
 * the access or memory is out. (So stamps and counters are not negative.)
 *
 * The table's lock stands for what makes the walk and the access of a real processor one: a TLB shootdown waits for it.
 */
export function* cpuAccess(
  current: Current,
  mm: Ptr<"mm_struct">,
  va: number,
  kind: number,
  word: number,
  value: number,
): Run<number> {
  const needed = kind === ACCESS_READ ? PTE_PRESENT : PTE_PRESENT | PTE_WRITE;
  for (;;) {
    const table = yield* lockLeaf(current, mm, va);
    if (table > 0) {
      yield* visitLeaf(current, table);
      const pte = peekPte(current, table, va);
      if ((pte & needed) === needed) {
        const result = yield* touchPage(current, mm, va, table, pte, kind, word, value);
        yield* unlockLeaf(current, table);
        return result;
      }
      yield* unlockLeaf(current, table);
    }
    const lock = embedded(mm, MmStruct.mmapLock);
    yield* downRead(current, lock);
    const error = yield* handleMmFault(current, mm, va, kind !== ACCESS_READ);
    yield* upRead(current, lock);
    if (error !== 0) return error;
  }
}

function* touchPage(
  current: Current,
  mm: Ptr<"mm_struct">,
  va: number,
  table: number,
  pte: number,
  kind: number,
  word: number,
  value: number,
): Run<number> {
  const pfn = ptePfn(pte);
  const marked = pte | PTE_ACCESSED | (kind === ACCESS_READ ? 0 : PTE_DIRTY);
  if (marked !== pte) yield* setPte(current, mm, table, va, marked);
  const target = current.kernel.mm.physical.entry(pfn, word);
  let result = value;
  if (kind === ACCESS_READ) result = yield* readOnce(current, target, Word.value);
  else if (kind === ACCESS_ADD) result = yield* fetchAdd(current, target, Word.value, value);
  else yield* writeOnce(current, target, Word.value, value);
  trace(current, kernelEvents.cpuAccess, mm, va, pfn, kind, word, kind === ACCESS_READ ? result : value);
  return result;
}
