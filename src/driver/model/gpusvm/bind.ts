import { read, readOnce, readPtr, storeRelease, writeOnce } from "../../../machine/access.ts";
import { mkPte, PAGE_SIZE, PTE_PRESENT, PTE_WRITE } from "../../../machine/pte.ts";
import type { Run } from "../../../machine/step.ts";
import { embedded, Word, type Ptr } from "../../../machine/struct.ts";
import { trace } from "../../../machine/tracepoint.ts";
import type { Current } from "../../../kernel/current.ts";
import { EAGAIN } from "../../../kernel/errno.ts";
import { downRead, upRead } from "../../../kernel/locking/rwsem.ts";
import { emitFence, latestFence, resvLine, signalFence, waitForFence } from "../../parts/dma_resv.ts";
import { gpuPtEntry, gpuPtPopulate } from "../../parts/gpu_page_table.ts";
import { driverEvents } from "../../tracepoints.ts";
import { GpusvmNotifier, GpusvmRange, GpusvmVm, hwOf, type Gpusvm } from "./gpusvm.ts";
import { dmaPfn } from "./pages.ts";
import { extentOf } from "./range.ts";

/** Line of the jobs that write page tables. */
const BIND_LINE = 0;

/** An entry that a job is to write. */
interface PteUpdate {
  readonly va: number;
  readonly entry: Ptr<"word">;
  readonly pte: number;
}

/**
 * Bind a range whose pages were found valid: 0, -ENOMEM, or -EAGAIN if they are so no more. The caller holds `vm->lock` for
 * writing. What is asked before, under the notifier lock, is up to the variant (RULES 62).
 *
 * The entries are written by a job, after the notifier lock was dropped; its fence is in the reservation object before,
 * so that an invalidation waits for it instead of flushing ahead of it (RULES 65). The submitter plays the job's engine.
 */
export function* bindRange(current: Current, gpusvm: Gpusvm, vm: Ptr<"gpusvm_vm">, range: Ptr<"gpusvm_range">): Run<number> {
  const updates: PteUpdate[] = [];
  const failed = yield* prepareUpdates(current, gpusvm, vm, range, updates);
  if (failed !== 0) return failed;
  yield* downRead(current, embedded(vm, GpusvmVm.notifierLock));
  if (!(yield* gpusvm.variant.mayCommit(current, range))) {
    yield* upRead(current, embedded(vm, GpusvmVm.notifierLock));
    return EAGAIN;
  }
  const line = bindLine(vm);
  const fence = yield* emitFence(current, line);
  yield* traceCommits(current, gpusvm, vm, range, updates);
  yield* writeOnce(current, range, GpusvmRange.tilePresent, 1);
  yield* writeOnce(current, range, GpusvmRange.tileInvalidated, 0);
  yield* upRead(current, embedded(vm, GpusvmVm.notifierLock));
  // Behind all that was written to the pages before: a job's submission is a barrier. No rule says so; see docs/sanitizers.md.
  for (const { entry, pte } of updates) yield* storeRelease(current, entry, Word.value, pte);
  yield* signalFence(current, line, fence);
  return 0;
}

/** Wait for the jobs of the VM, uninterruptible and without a limit (RULES 61). */
export function* waitForBinds(current: Current, vm: Ptr<"gpusvm_vm">): Run<void> {
  yield* waitForFence(current, bindLine(vm), yield* latestFence(current, bindLine(vm)));
}

/** Present, and not zapped since: also without a lock, then only a hint. */
export function* hasValidMapping(current: Current, range: Ptr<"gpusvm_range">): Run<boolean> {
  const isPresent = (yield* readOnce(current, range, GpusvmRange.tilePresent)) !== 0;
  return isPresent && (yield* readOnce(current, range, GpusvmRange.tileInvalidated)) === 0;
}

/** Add the tables and note what is to be written: 0 or -ENOMEM. */
function* prepareUpdates(
  current: Current,
  gpusvm: Gpusvm,
  vm: Ptr<"gpusvm_vm">,
  range: Ptr<"gpusvm_range">,
  updates: PteUpdate[],
): Run<number> {
  const gpu = gpusvm.gpuOf(current, vm);
  const { start, end } = yield* extentOf(current, range);
  for (let va = start; va < end; va += PAGE_SIZE) {
    const failed = yield* gpuPtPopulate(current, gpu, hwOf(vm), va);
    if (failed !== 0) return failed;
    const pfn = yield* read(current, dmaPfn(range, (va - start) / PAGE_SIZE), Word.value);
    updates.push({ va, entry: yield* gpuPtEntry(current, gpu, hwOf(vm), va), pte: mkPte(pfn, PTE_PRESENT | PTE_WRITE) });
  }
  return 0;
}

function* traceCommits(
  current: Current,
  gpusvm: Gpusvm,
  vm: Ptr<"gpusvm_vm">,
  range: Ptr<"gpusvm_range">,
  updates: readonly PteUpdate[],
): Run<void> {
  const { index } = gpusvm.gpuOf(current, vm);
  const notifier: Ptr<"gpusvm_notifier"> = yield* readPtr(current, range, GpusvmRange.notifier);
  const sub = gpusvm.variant.asksReadRetry ? embedded(notifier, GpusvmNotifier.notifier) : 0;
  const seq = yield* read(current, range, GpusvmRange.notifierSeq);
  for (const { va, entry, pte } of updates) trace(current, driverEvents.commit, index, va, pte, entry, sub, seq);
}

function bindLine(vm: Ptr<"gpusvm_vm">): Ptr<"fence_line"> {
  return resvLine(embedded(vm, GpusvmVm.resv), BIND_LINE);
}
