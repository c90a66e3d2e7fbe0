import { cmpxchg, loadAcquire, read, readPtr, writeOnce } from "../../../machine/access.ts";
import type { Layout } from "../../../machine/layout.ts";
import type { Slab } from "../../../machine/slab.ts";
import type { Run } from "../../../machine/step.ts";
import { containerOf, embedded, NULL, type Ptr } from "../../../machine/struct.ts";
import { trace } from "../../../machine/tracepoint.ts";
import type { Gpu } from "../../../device/gpu.ts";
import type { Current } from "../../../kernel/current.ts";
import type { Kernel } from "../../../kernel/kernel.ts";
import { upWrite } from "../../../kernel/locking/rwsem.ts";
import type { MmuIntervalNotifierOps } from "../../../kernel/mmu_notifier/types.ts";
import type { Driver } from "../../driver.ts";
import { allocFinish, finishSlab, GpusvmFinish, notifierOfFinish, releaseFinished } from "./finish.ts";
import { sendFlush } from "./flush.ts";
import { Gpusvm, GpusvmNotifier, GpusvmVm } from "./gpusvm.ts";
import { GpusvmDriver } from "./gpusvm_driver.ts";
import { lockAndZap, releaseRanges } from "./invalidation.ts";
import { checked } from "./variant.ts";
import type { DriverOptions } from "../../options.ts";
import { tlbInvalJoin } from "../../parts/tlb_inval.ts";
import { TlbInvalFence } from "../../parts/tlb_inval_fence.ts";
import { driverEvents } from "../../tracepoints.ts";

/**
 * GPU SVM in two passes, corrected (docs/findings/6): the commit asks read_retry too, since the number has moved when start
 * returns (RULES 22), and an invalidation that finds nothing to zap waits for the flush that is under way (RULES 21).
 */
export function gpusvmTwoPassChecked(options: DriverOptions, layout: Layout, kernel: Kernel, gpus: readonly Gpu[]): Driver {
  const svm = new Gpusvm(layout, kernel, gpus, checked);
  const finishes = finishSlab(layout, gpus.length, options);
  return new GpusvmDriver("gpusvm-two-pass-checked", svm, ops(svm, finishes), [finishes]);
}

function ops(svm: Gpusvm, finishes: Slab<"gpusvm_finish">): MmuIntervalNotifierOps {
  return {
    *invalidateStart(current, sub, range, curSeq, slot) {
      if (!range.blockable) return false;
      const { notifier, vm, clip, ranges, flush } = yield* lockAndZap(current, svm, sub, range, curSeq);
      const underWay = yield* loadAcquire(current, notifier, GpusvmNotifier.lastFlush);
      if (flush === null && underWay === 0) {
        yield* releaseRanges(current, svm, vm, ranges, range.event);
        yield* upWrite(current, embedded(vm, GpusvmVm.notifierLock));
        return true;
      }
      const finish = yield* allocFinish(current, finishes, clip, range.event);
      const fence = finish === NULL ? svm.stackFences.of(current) : embedded(finish, GpusvmFinish.flush);
      if (flush === null) yield* tlbInvalJoin(current, svm.tlbInvalOf(current, vm), fence, underWay);
      else yield* writeOnce(current, notifier, GpusvmNotifier.lastFlush, yield* sendFlush(current, svm, vm, fence, flush));
      if (finish === NULL) {
        trace(current, driverEvents.finishFallback, svm.gpuOf(current, vm).index, sub);
        yield* waitForFlush(current, svm, notifier, fence);
        yield* releaseRanges(current, svm, vm, ranges, range.event);
      } else {
        slot.finish = embedded(finish, GpusvmFinish.base);
      }
      yield* upWrite(current, embedded(vm, GpusvmVm.notifierLock));
      return true;
    },
    *invalidateFinish(current, base) {
      const finish = containerOf(base, GpusvmFinish.base);
      yield* waitForFlush(current, svm, yield* notifierOfFinish(current, finish), embedded(finish, GpusvmFinish.flush));
      yield* releaseFinished(current, svm, finishes, finish);
    },
  };
}

/** Invalidations are answered in order: the notifier's latest flush being done means that all its earlier ones are. */
function* waitForFlush(
  current: Current,
  svm: Gpusvm,
  notifier: Ptr<"gpusvm_notifier">,
  fence: Ptr<"tlb_inval_fence">,
): Run<void> {
  const seqno = yield* read(current, fence, TlbInvalFence.seqno);
  yield* svm.variant.waitForFlush(current, svm, yield* readPtr(current, notifier, GpusvmNotifier.vm), fence);
  yield* cmpxchg(current, notifier, GpusvmNotifier.lastFlush, seqno, 0);
}
