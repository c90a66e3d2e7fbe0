import type { Layout } from "../../../machine/layout.ts";
import type { Run } from "../../../machine/step.ts";
import { embedded, type Ptr } from "../../../machine/struct.ts";
import type { Gpu } from "../../../device/gpu.ts";
import type { Current } from "../../../kernel/current.ts";
import type { Kernel } from "../../../kernel/kernel.ts";
import { upWrite } from "../../../kernel/locking/rwsem.ts";
import type { MmuNotifierRange } from "../../../kernel/mmu_notifier/types.ts";
import type { Driver } from "../../driver.ts";
import { flushNow } from "./flush.ts";
import { Gpusvm, GpusvmVm } from "./gpusvm.ts";
import { GpusvmDriver } from "./gpusvm_driver.ts";
import { lockAndZap, releaseRanges } from "./invalidation.ts";
import { flagsOnly } from "./variant.ts";

/**
 * GPU SVM in one pass, as merged up to Linux 7.1: a faithful model (RULES 60 to 66). Ranges of what a fault binds hang off few
 * big notifiers, so that an invalidation walks to its ranges by itself. Left out: device memory and migration to it, and that a
 * notifier without ranges is removed before the VM is closed.
 */
export function gpusvm(layout: Layout, kernel: Kernel, gpus: readonly Gpu[]): Driver {
  const svm = new Gpusvm(layout, kernel, gpus, flagsOnly);
  return new GpusvmDriver("gpusvm", svm, {
    invalidate: (current, notifier, range, curSeq) => invalidate(current, svm, notifier, range, curSeq),
  });
}

/** All in one critical section, which is what the commit's look at the flags alone relies on (RULES 62). */
function* invalidate(
  current: Current,
  svm: Gpusvm,
  sub: Ptr<"mmu_interval_notifier">,
  range: MmuNotifierRange,
  curSeq: number,
): Run<boolean> {
  if (!range.blockable) return false;
  const { vm, ranges, flush } = yield* lockAndZap(current, svm, sub, range, curSeq);
  if (flush !== null) yield* flushNow(current, svm, vm, flush);
  yield* releaseRanges(current, svm, vm, ranges, range.event);
  yield* upWrite(current, embedded(vm, GpusvmVm.notifierLock));
  return true;
}
