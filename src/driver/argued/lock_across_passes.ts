import { read, readPtr } from "../../machine/access.ts";
import type { Layout } from "../../machine/layout.ts";
import { containerOf, embedded, NULL, type Ptr } from "../../machine/struct.ts";
import { trace } from "../../machine/tracepoint.ts";
import { GpuVm, type Gpu } from "../../device/gpu.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import { mutexLock, mutexUnlock } from "../../kernel/locking/mutex.ts";
import { mmuIntervalSetSeq } from "../../kernel/mmu_notifier/interval.ts";
import { MmuIntervalNotifierFinish } from "../../kernel/mmu_notifier/structs.ts";
import type { MmuIntervalNotifierOps } from "../../kernel/mmu_notifier/types.ts";
import type { Driver } from "../driver.ts";
import { gpuPtZap } from "../parts/gpu_page_table.ts";
import type { DriverOptions } from "../options.ts";
import { chunkOf, clipToChunk } from "./svm/chunk.ts";
import { createFinishSource, type FinishSource } from "./svm/finish_source.ts";
import { invalidateWithoutBlocking } from "./svm/non_blocking.ts";
import { hwOf, Svm, SvmChunk, SvmFinish } from "./svm/svm.ts";
import { SvmDriver } from "./svm/svm_driver.ts";
import { tlbInvalIssueRange, tlbInvalWaitFlushed } from "../parts/tlb_inval.ts";
import { driverEvents } from "../tracepoints.ts";

/**
 * Two passes with the user lock held from the start to the finish (RULES d 9), which the merged form gave up. For it: whoever
 * has the lock knows that nothing is under way (RULES 21), so that nothing has to be joined, and one finish object is enough.
 * Against it: deadlock risk, a long hold, and faults on other ranges stop. Indeed: with one lock for a VM, a range that hits two
 * of its notifiers waits for itself, and two GPUs whose notifiers stand in different orders wait for each other
 * (docs/findings/4).
 */
export function lockAcrossPasses(options: DriverOptions, layout: Layout, kernel: Kernel, gpus: readonly Gpu[]): Driver {
  return driver("lock-across-passes", new Svm(layout, kernel, gpus), options, layout);
}

/**
 * The same with a lock for each notifier: no deadlock, because all invalidations of a process take these locks in the order of
 * the tree. A second invocation of a notifier waits in its start pass for the first one's flush, and all behind it with it.
 */
export function lockAcrossPassesPerNotifier(
  options: DriverOptions,
  layout: Layout,
  kernel: Kernel,
  gpus: readonly Gpu[],
): Driver {
  return driver("lock-across-passes-per-notifier", new Svm(layout, kernel, gpus, { isLockPerNotifier: true }), options, layout);
}

function driver(name: string, svm: Svm, options: DriverOptions, layout: Layout): Driver {
  const finishes = createFinishSource(layout, svm, options.finish);
  return new SvmDriver(name, svm, lockAcrossPassesOps(svm, finishes), [finishes]);
}

function lockAcrossPassesOps(svm: Svm, finishes: FinishSource): MmuIntervalNotifierOps {
  return {
    /** If it leaves an object in `slot`, the user lock stays taken. */
    *invalidateStart(current, notifier, range, curSeq, slot) {
      const chunk = chunkOf(notifier);
      const vm: Ptr<"svm_vm"> = yield* readPtr(current, chunk, SvmChunk.vm);
      const clip = yield* clipToChunk(current, chunk, range);
      if (!range.blockable) return yield* invalidateWithoutBlocking(current, svm, chunk, vm, clip, curSeq);
      const gpu = svm.gpuOf(current, vm);
      yield* mutexLock(current, svm.userLockOf(current, chunk));
      yield* mmuIntervalSetSeq(current, notifier, curSeq);
      if (!(yield* gpuPtZap(current, gpu, hwOf(vm), clip.start, clip.end))) {
        yield* mutexUnlock(current, svm.userLockOf(current, chunk));
        return true;
      }
      const finish = yield* finishes.take(current, gpu.index, chunk);
      const fence = finish === NULL ? svm.stackFences.of(current) : embedded(finish, SvmFinish.flush);
      const asid = yield* read(current, hwOf(vm), GpuVm.asid);
      yield* tlbInvalIssueRange(current, svm.tlbInvalOf(current, vm), fence, asid, clip.start, clip.end);
      if (finish !== NULL) {
        slot.finish = embedded(finish, SvmFinish.base);
        return true;
      }
      trace(current, driverEvents.finishFallback, gpu.index, notifier);
      yield* tlbInvalWaitFlushed(current, svm.tlbInvalOf(current, vm), fence, asid);
      yield* mutexUnlock(current, svm.userLockOf(current, chunk));
      return true;
    },
    *invalidateFinish(current, base) {
      const finish = containerOf(base, SvmFinish.base);
      const chunk = chunkOf(yield* readPtr(current, base, MmuIntervalNotifierFinish.notifier));
      const vm: Ptr<"svm_vm"> = yield* readPtr(current, chunk, SvmChunk.vm);
      const asid = yield* read(current, hwOf(vm), GpuVm.asid);
      yield* tlbInvalWaitFlushed(current, svm.tlbInvalOf(current, vm), embedded(finish, SvmFinish.flush), asid);
      yield* finishes.put(current, svm.gpuOf(current, vm).index, finish);
      yield* mutexUnlock(current, svm.userLockOf(current, chunk));
    },
  };
}
