import { readPtr } from "../../../machine/access.ts";
import type { Layout } from "../../../machine/layout.ts";
import type { Slab } from "../../../machine/slab.ts";
import { containerOf, embedded, NULL, type Ptr } from "../../../machine/struct.ts";
import { trace } from "../../../machine/tracepoint.ts";
import type { Gpu } from "../../../device/gpu.ts";
import type { Kernel } from "../../../kernel/kernel.ts";
import { upWrite } from "../../../kernel/locking/rwsem.ts";
import type { MmuIntervalNotifierOps } from "../../../kernel/mmu_notifier/types.ts";
import type { Driver } from "../../driver.ts";
import { allocFinish, finishSlab, GpusvmFinish, notifierOfFinish, releaseFinished } from "./finish.ts";
import { flushNow, sendFlush } from "./flush.ts";
import { Gpusvm, GpusvmNotifier, GpusvmVm } from "./gpusvm.ts";
import { GpusvmDriver } from "./gpusvm_driver.ts";
import { lockAndZap, releaseRanges } from "./invalidation.ts";
import { flagsOnly } from "./variant.ts";
import type { DriverOptions } from "../../options.ts";
import { driverEvents } from "../../tracepoints.ts";

/**
 * GPU SVM in two passes, as posted on 21 Aug 2025 (P1, patch 6; Brost) and not merged: the waits of several GPUs overlap. A
 * faithful model, and unsound. The single pass leans on the lock twice, and here it is dropped between the passes:
 *
 * - The commit looks at the pages-valid flags alone, which finish clears; between the passes they still say valid (RULES 22, 62).
 * - Whoever finds nothing to zap takes it that nothing is under way (RULES 21), as xe's userptrs do (docs/findings/1).
 */
export function gpusvmTwoPass(options: DriverOptions, layout: Layout, kernel: Kernel, gpus: readonly Gpu[]): Driver {
  const svm = new Gpusvm(layout, kernel, gpus, flagsOnly);
  const finishes = finishSlab(layout, gpus.length, options);
  return new GpusvmDriver("gpusvm-two-pass", svm, ops(svm, finishes), [finishes]);
}

function ops(svm: Gpusvm, finishes: Slab<"gpusvm_finish">): MmuIntervalNotifierOps {
  return {
    *invalidateStart(current, sub, range, curSeq, slot) {
      if (!range.blockable) return false;
      const { vm, clip, ranges, flush } = yield* lockAndZap(current, svm, sub, range, curSeq);
      const finish = flush === null ? NULL : yield* allocFinish(current, finishes, clip, range.event);
      if (flush !== null && finish !== NULL) {
        yield* sendFlush(current, svm, vm, embedded(finish, GpusvmFinish.flush), flush);
        slot.finish = embedded(finish, GpusvmFinish.base);
      } else {
        if (flush !== null) {
          trace(current, driverEvents.finishFallback, svm.gpuOf(current, vm).index, sub);
          yield* flushNow(current, svm, vm, flush);
        }
        yield* releaseRanges(current, svm, vm, ranges, range.event);
      }
      yield* upWrite(current, embedded(vm, GpusvmVm.notifierLock));
      return true;
    },
    /** Waits without the lock, and takes it for the end work. */
    *invalidateFinish(current, base) {
      const finish = containerOf(base, GpusvmFinish.base);
      const vm: Ptr<"gpusvm_vm"> = yield* readPtr(current, yield* notifierOfFinish(current, finish), GpusvmNotifier.vm);
      yield* svm.variant.waitForFlush(current, svm, vm, embedded(finish, GpusvmFinish.flush));
      yield* releaseFinished(current, svm, finishes, finish);
    },
  };
}
