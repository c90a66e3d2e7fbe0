import { cmpxchg, loadAcquire, read, readOnce, storeRelease, visit, write, xchg } from "../../machine/access.ts";
import { FRAME_GPU_PAGE_TABLE } from "../../machine/physical.ts";
import { levelSize, mkPte, PAGE_SIZE, PTE_PRESENT, ptePfn, PTRS_PER_TABLE, TABLE_LEVELS, tableIndex } from "../../machine/pte.ts";
import { GFP_KERNEL } from "../../machine/slab.ts";
import type { Run } from "../../machine/step.ts";
import { NULL, Word, type Ptr } from "../../machine/struct.ts";
import { trace } from "../../machine/tracepoint.ts";
import { GpuVm, type Gpu } from "../../device/gpu.ts";
import type { Current } from "../../kernel/current.ts";
import { ENOMEM } from "../../kernel/errno.ts";
import { allocPage, putPage } from "../../kernel/mm/page_alloc.ts";
import { driverEvents } from "../tracepoints.ts";

/**
 * The GPU's own page table. The holder of the user lock writes its leaf entries while the GPU's walker reads them. Tables
 * are only ever added until the VM goes away, since a walker may have cached the way to them (RULES I28).
 */

/** Give the VM an empty root table: 0 or -ENOMEM. */
export function* gpuPtCreate(current: Current, vm: Ptr<"gpu_vm">): Run<number> {
  const root = yield* allocTable(current);
  if (root < 0) return ENOMEM;
  yield* write(current, vm, GpuVm.root, root);
  return 0;
}

/**
 * Add the tables that `va`'s entry needs: 0 or -ENOMEM. May reclaim, hence never under a lock that callbacks take
 * (RULES b 8); tasks may do it at the same time.
 */
export function* gpuPtPopulate(current: Current, gpu: Gpu, vm: Ptr<"gpu_vm">, va: number): Run<number> {
  let table = yield* read(current, vm, GpuVm.root);
  for (let level = TABLE_LEVELS - 1; level > 0; level--) {
    const entry = gpu.physical.entry(table, tableIndex(va, level));
    let pte = yield* loadAcquire(current, entry, Word.value); // who finds a table finds it empty of what was there before
    if (pte === 0) {
      const fresh = yield* allocTable(current);
      if (fresh < 0) return ENOMEM;
      const freshPte = mkPte(fresh, PTE_PRESENT);
      const former = yield* cmpxchg(current, entry, Word.value, 0, freshPte);
      if (former !== 0) yield* putPage(current, fresh);
      pte = former === 0 ? freshPte : former;
    }
    table = ptePfn(pte);
  }
  return 0;
}

/** The leaf entry of `va`, or NULL if it has no table. */
export function* gpuPtEntry(current: Current, gpu: Gpu, vm: Ptr<"gpu_vm">, va: number): Run<Ptr<"word">> {
  let table = yield* read(current, vm, GpuVm.root);
  for (let level = TABLE_LEVELS - 1; level > 0; level--) {
    const pte = yield* loadAcquire(current, gpu.physical.entry(table, tableIndex(va, level)), Word.value);
    if (pte === 0) return NULL;
    table = ptePfn(pte);
  }
  return gpu.physical.entry(table, tableIndex(va, 0));
}

/** Does `va`'s entry have all of these PTE_* bits already? Its table is there; the caller holds the user lock. */
export function* gpuPtPermits(current: Current, gpu: Gpu, vm: Ptr<"gpu_vm">, va: number, flags: number): Run<boolean> {
  const pte = yield* readOnce(current, yield* gpuPtEntry(current, gpu, vm, va), Word.value);
  return (flags & ~pte) === 0;
}

/**
 * Let `va` lead to `pte`, on behalf of a reader that was told sequence number `seq` by notifier `sub`. The table is there
 * (see {@link gpuPtPopulate}); the caller holds the user lock.
 */
export function* gpuPtCommit(
  current: Current,
  gpu: Gpu,
  vm: Ptr<"gpu_vm">,
  va: number,
  pte: number,
  sub: number,
  seq: number,
): Run<void> {
  const entry = yield* gpuPtEntry(current, gpu, vm, va);
  trace(current, driverEvents.commit, gpu.index, va, pte, entry, sub, seq);
  yield* storeRelease(current, entry, Word.value, pte); // behind all that was written to the page before; see docs/sanitizers.md
}

/** Clear all leaf entries of [start, end); was there any? The caller holds the user lock. */
export function* gpuPtZap(current: Current, gpu: Gpu, vm: Ptr<"gpu_vm">, start: number, end: number): Run<boolean> {
  const root = yield* read(current, vm, GpuVm.root);
  let zapped = false;
  yield* forEachPresent(current, gpu, root, TABLE_LEVELS - 1, start, end, function* (entry, va) {
    const pte = yield* xchg(current, entry, Word.value, 0);
    trace(current, driverEvents.zap, gpu.index, va, pte, entry);
    zapped = true;
  });
  return zapped;
}

/** Is any leaf entry of [start, end) present? The caller holds the user lock. */
export function* gpuPtHasAny(current: Current, gpu: Gpu, vm: Ptr<"gpu_vm">, start: number, end: number): Run<boolean> {
  const root = yield* read(current, vm, GpuVm.root);
  let found = false;
  yield* forEachPresent(current, gpu, root, TABLE_LEVELS - 1, start, end, function* () {
    found = true;
  });
  return found;
}

/** Free all tables. Nothing may walk them any more: contexts have stopped, the TLBs were flushed as a whole. */
export function* gpuPtDestroy(current: Current, gpu: Gpu, vm: Ptr<"gpu_vm">): Run<void> {
  const root = yield* read(current, vm, GpuVm.root);
  yield* write(current, vm, GpuVm.root, 0);
  yield* freeTable(current, gpu, root, TABLE_LEVELS - 1);
}

type EntryVisitor = (entry: Ptr<"word">, va: number) => Run<void>;

function* forEachPresent(
  current: Current,
  gpu: Gpu,
  table: number,
  level: number,
  start: number,
  end: number,
  visitor: EntryVisitor,
): Run<void> {
  if (level === 0) {
    yield* forEachPresentLeaf(current, gpu, table, start, end, visitor);
    return;
  }
  const size = levelSize(level);
  for (let va = start; va < end; va += size - (va % size)) {
    const pte = yield* loadAcquire(current, gpu.physical.entry(table, tableIndex(va, level)), Word.value);
    if (pte === 0) continue;
    yield* forEachPresent(current, gpu, ptePfn(pte), level - 1, va, Math.min(end, va + size - (va % size)), visitor);
  }
}

/** Under the user lock nobody else writes leaf entries, so that a glance at the whole table is one step. */
function* forEachPresentLeaf(
  current: Current,
  gpu: Gpu,
  table: number,
  start: number,
  end: number,
  visitor: EntryVisitor,
): Run<void> {
  const first = gpu.physical.entry(table, tableIndex(start, 0));
  yield* visit(current, gpu.physical.content(table));
  for (let i = 0; start + i * PAGE_SIZE < end; i++) {
    const entry = (first + i) as Ptr<"word">;
    if (current.words[entry] !== 0) yield* visitor(entry, start + i * PAGE_SIZE);
  }
}

function* freeTable(current: Current, gpu: Gpu, table: number, level: number): Run<void> {
  yield* visit(current, gpu.physical.content(table));
  for (let index = 0; level > 0 && index < PTRS_PER_TABLE; index++) {
    const pte = current.words[gpu.physical.entry(table, index)];
    if (pte !== 0) yield* freeTable(current, gpu, ptePfn(pte), level - 1);
  }
  yield* putPage(current, table);
}

/** Frame of a new, empty table; -1: out of memory. */
function allocTable(current: Current): Run<number> {
  return allocPage(current, GFP_KERNEL, FRAME_GPU_PAGE_TABLE);
}
