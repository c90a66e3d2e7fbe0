import { read, readAddr, storeRelease, write, writeOnce } from "../../../machine/access.ts";
import { mkPte, PAGE_SIZE, PTE_PRESENT, PTE_WRITE } from "../../../machine/pte.ts";
import type { Run } from "../../../machine/step.ts";
import { embedded, Word, type Ptr } from "../../../machine/struct.ts";
import { trace } from "../../../machine/tracepoint.ts";
import type { Gpu } from "../../../device/gpu.ts";
import type { Current } from "../../../kernel/current.ts";
import { EAGAIN } from "../../../kernel/errno.ts";
import { downRead, upRead } from "../../../kernel/locking/rwsem.ts";
import { mmuIntervalReadRetry } from "../../../kernel/mmu_notifier/read.ts";
import { emitFence, resvLine, signalFence } from "../../parts/dma_resv.ts";
import { gpuPtEntry, gpuPtPopulate } from "../../parts/gpu_page_table.ts";
import { driverEvents } from "../../tracepoints.ts";
import { dmaPfn } from "./pages.ts";
import { BIND_LINE } from "./preempt_fence.ts";
import { hwOf, XeUserptrVma, XeVm, type Xe } from "./xe.ts";

/** An entry that a job is to write. */
interface PteUpdate {
  readonly va: number;
  readonly entry: Ptr<"word">;
  readonly pte: number;
}

/**
 * Bind the pages that {@link getPages} found: 0, -ENOMEM, or -EAGAIN if they were invalidated meanwhile. The caller holds
 * `vm->lock` for writing.
 *
 * The entries are written by a job, after the notifier lock was dropped; its fence is in the reservation object before,
 * so that an invalidation waits for it instead of flushing ahead of it (RULES 65). The submitter plays the job's engine.
 */
export function* bindVma(current: Current, xe: Xe, vm: Ptr<"xe_vm">, vma: Ptr<"xe_userptr_vma">): Run<number> {
  const gpu = xe.gpuOf(current, vm);
  const updates: PteUpdate[] = [];
  const failed = yield* prepareUpdates(current, gpu, vm, vma, updates);
  if (failed !== 0) return failed;
  yield* downRead(current, embedded(vm, XeVm.notifierLock));
  const seq = yield* read(current, vma, XeUserptrVma.notifierSeq);
  const notifier = embedded(vma, XeUserptrVma.notifier);
  // Without faults a stale VMA is bound all the same: it is on the invalidated list, and nothing runs before that is empty (RULES
  // 52).
  if ((yield* mmuIntervalReadRetry(current, notifier, seq)) && xe.mode === "fault") {
    yield* upRead(current, embedded(vm, XeVm.notifierLock));
    return EAGAIN;
  }
  const line = resvLine(embedded(vm, XeVm.resv), BIND_LINE);
  const fence = yield* emitFence(current, line);
  const sub = xe.mode === "fault" ? notifier : 0;
  for (const { va, entry, pte } of updates) trace(current, driverEvents.commit, gpu.index, va, pte, entry, sub, seq);
  yield* markBound(current, vma);
  yield* upRead(current, embedded(vm, XeVm.notifierLock));
  // Behind all that was written to the pages before: a job's submission is a barrier. No rule says so; see docs/sanitizers.md.
  for (const { entry, pte } of updates) yield* storeRelease(current, entry, Word.value, pte);
  yield* signalFence(current, line, fence);
  return 0;
}

/** Add the tables and note what is to be written: 0 or -ENOMEM. */
function* prepareUpdates(
  current: Current,
  gpu: Gpu,
  vm: Ptr<"xe_vm">,
  vma: Ptr<"xe_userptr_vma">,
  updates: PteUpdate[],
): Run<number> {
  const start = yield* readAddr(current, vma, XeUserptrVma.start);
  const pages = yield* read(current, vma, XeUserptrVma.pages);
  for (let index = 0; index < pages; index++) {
    const va = start + index * PAGE_SIZE;
    const failed = yield* gpuPtPopulate(current, gpu, hwOf(vm), va);
    if (failed !== 0) return failed;
    const pfn = yield* read(current, dmaPfn(vma, index), Word.value);
    updates.push({ va, entry: yield* gpuPtEntry(current, gpu, hwOf(vm), va), pte: mkPte(pfn, PTE_PRESENT | PTE_WRITE) });
  }
  return 0;
}

function* markBound(current: Current, vma: Ptr<"xe_userptr_vma">): Run<void> {
  yield* write(current, vma, XeUserptrVma.initialBind, 1);
  yield* writeOnce(current, vma, XeUserptrVma.tilePresent, 1);
  yield* writeOnce(current, vma, XeUserptrVma.tileInvalidated, 0);
}
