import { read, writeOnce } from "../../../machine/access.ts";
import { TASK_SIZE } from "../../../machine/pte.ts";
import type { Run } from "../../../machine/step.ts";
import { containerOf, embedded, type Ptr } from "../../../machine/struct.ts";
import type { Current } from "../../../kernel/current.ts";
import { spinLock, spinUnlock } from "../../../kernel/locking/spinlock.ts";
import type { MmuNotifierOps } from "../../../kernel/mmu_notifier/types.ts";
import { gpuPtZap } from "../../parts/gpu_page_table.ts";
import { flushRange } from "./flush.ts";
import { hwOf, KvmVm, type Kvm } from "./kvm.ts";

/**
 * A classic notifier with a sequence count of its own, as KVM has had it since long before interval notifiers: it hears of
 * everything in the process, and of the end of each range too. Between start and end nothing is committed; what was looked up
 * before the start of a range that has ended meanwhile is told by the number.
 */
export function kvmNotifierOps(kvm: Kvm): MmuNotifierOps {
  return {
    *invalidateRangeStart(current, subscription, range) {
      const vm = containerOf(subscription, KvmVm.notifier);
      yield* spinLock(current, embedded(vm, KvmVm.mmuLock));
      const count = yield* read(current, vm, KvmVm.invalidateInProgress);
      yield* writeOnce(current, vm, KvmVm.invalidateInProgress, count + 1);
      yield* zapAndFlush(current, kvm, vm, Number(range.start), Number(range.end));
      yield* spinUnlock(current, embedded(vm, KvmVm.mmuLock));
      return 0; // also in a range that must not block: nothing here sleeps (RULES 31)
    },
    *invalidateRangeEnd(current, subscription) {
      const vm = containerOf(subscription, KvmVm.notifier);
      yield* spinLock(current, embedded(vm, KvmVm.mmuLock));
      // The number first: who sees that nothing is in progress sees also that something was.
      yield* writeOnce(current, vm, KvmVm.invalidateSeq, ((yield* read(current, vm, KvmVm.invalidateSeq)) + 1) | 0);
      yield* writeOnce(current, vm, KvmVm.invalidateInProgress, (yield* read(current, vm, KvmVm.invalidateInProgress)) - 1);
      yield* spinUnlock(current, embedded(vm, KvmVm.mmuLock));
    },
    /** The process ends, or the notifier is unregistered: from now on nobody tells of pages that are freed. */
    *release(current, subscription) {
      const vm = containerOf(subscription, KvmVm.notifier);
      yield* spinLock(current, embedded(vm, KvmVm.mmuLock));
      yield* zapAndFlush(current, kvm, vm, 0, TASK_SIZE);
      yield* spinUnlock(current, embedded(vm, KvmVm.mmuLock));
    },
  };
}

/** Under `mmuLock` to the end: who finds nothing to zap has nothing to wait for (RULES 21). */
function* zapAndFlush(current: Current, kvm: Kvm, vm: Ptr<"kvm_vm">, start: number, end: number): Run<void> {
  const zapped = yield* gpuPtZap(current, kvm.gpuOf(current, vm), hwOf(vm), start, end);
  if (zapped) yield* flushRange(current, kvm, vm, { start, end });
}
