import { readPtr } from "../../machine/access.ts";
import type { Layout } from "../../machine/layout.ts";
import { containerOf, embedded, NULL, type Ptr } from "../../machine/struct.ts";
import { trace } from "../../machine/tracepoint.ts";
import type { Gpu } from "../../device/gpu.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import { mutexLock, mutexUnlock } from "../../kernel/locking/mutex.ts";
import { mmuIntervalSetSeq } from "../../kernel/mmu_notifier/interval.ts";
import { MmuIntervalNotifierFinish } from "../../kernel/mmu_notifier/structs.ts";
import type { MmuIntervalNotifierOps } from "../../kernel/mmu_notifier/types.ts";
import type { Driver } from "../driver.ts";
import { gpuPtZap } from "../parts/gpu_page_table.ts";
import type { DriverOptions } from "../options.ts";
import { chunkOf, clipToChunk } from "./svm/chunk.ts";
import { flushUnderWay, sendFlush, waitForFlush } from "./svm/chunk_flush.ts";
import { createFinishSource, type FinishSource } from "./svm/finish_source.ts";
import { invalidateWithoutBlocking } from "./svm/non_blocking.ts";
import { hwOf, Svm, SvmChunk, SvmFinish, SvmVm } from "./svm/svm.ts";
import { SvmDriver } from "./svm/svm_driver.ts";
import { tlbInvalJoin } from "../parts/tlb_inval.ts";
import { driverEvents } from "../tracepoints.ts";

/**
 * The two-pass design (RULES d 5; Hellström, Brost): the first pass sends the TLB invalidation, the second waits for it, so that
 * all
 * GPUs' hardware works at the same time: a flush takes orders of magnitude longer than the software around it (Brost, RULES c).
 * Between the passes the user lock is free, which opens two windows:
 *
 * - A fault may commit meanwhile. It cannot: set_seq comes with the zap, and a commit asks read_retry (RULES 22).
 * - Another invocation may meet a range that this one has zapped but not yet flushed. It finds nothing to zap, and still must not
 *   return before the flush is done (RULES 21): it joins the flush and waits for it in a finish object of its own.
 */
export function twoPass(options: DriverOptions, layout: Layout, kernel: Kernel, gpus: readonly Gpu[], name = "two-pass"): Driver {
  const svm = new Svm(layout, kernel, gpus);
  return twoPassDriver(name, svm, createFinishSource(layout, svm, options.finish));
}

/** The design with finish objects from somewhere else. */
export function twoPassDriver(name: string, svm: Svm, finishes: FinishSource): Driver {
  return new SvmDriver(name, svm, twoPassOps(svm, finishes), [finishes]);
}

/** The two passes. */
export function twoPassOps(svm: Svm, finishes: FinishSource) {
  return {
    /** Leaves an object in `slot` if there is something to wait for and an object to be had. */
    *invalidateStart(current, notifier, range, curSeq, slot) {
      const chunk = chunkOf(notifier);
      const vm: Ptr<"svm_vm"> = yield* readPtr(current, chunk, SvmChunk.vm);
      const clip = yield* clipToChunk(current, chunk, range);
      if (!range.blockable) return yield* invalidateWithoutBlocking(current, svm, chunk, vm, clip, curSeq);
      const gpu = svm.gpuOf(current, vm);
      const reserved = finishes.reserve === undefined ? NULL : yield* finishes.reserve(current, gpu.index, chunk);
      yield* mutexLock(current, embedded(vm, SvmVm.notifierLock));
      yield* mmuIntervalSetSeq(current, notifier, curSeq);
      const hasZapped = yield* gpuPtZap(current, gpu, hwOf(vm), clip.start, clip.end);
      const underWay = yield* flushUnderWay(current, chunk);
      if (!hasZapped && underWay === 0) {
        yield* mutexUnlock(current, embedded(vm, SvmVm.notifierLock));
        if (reserved !== NULL) yield* finishes.put(current, gpu.index, reserved);
        return true;
      }
      const finish = reserved === NULL ? yield* finishes.take(current, gpu.index, chunk) : reserved;
      const fence = finish === NULL ? svm.stackFences.of(current) : embedded(finish, SvmFinish.flush);
      if (hasZapped) yield* sendFlush(current, svm, vm, chunk, fence, clip);
      else yield* tlbInvalJoin(current, svm.tlbInvalOf(current, vm), fence, underWay);
      yield* mutexUnlock(current, embedded(vm, SvmVm.notifierLock));
      if (finish !== NULL) {
        slot.finish = embedded(finish, SvmFinish.base);
        return true;
      }
      trace(current, driverEvents.finishFallback, gpu.index, notifier);
      yield* waitForFlush(current, svm, chunk, fence);
      return true;
    },
    *invalidateFinish(current, base) {
      const finish = containerOf(base, SvmFinish.base);
      const chunk = chunkOf(yield* readPtr(current, base, MmuIntervalNotifierFinish.notifier));
      yield* waitForFlush(current, svm, chunk, embedded(finish, SvmFinish.flush));
      const vm: Ptr<"svm_vm"> = yield* readPtr(current, chunk, SvmChunk.vm);
      yield* finishes.put(current, svm.gpuOf(current, vm).index, finish);
    },
  } satisfies MmuIntervalNotifierOps;
}
