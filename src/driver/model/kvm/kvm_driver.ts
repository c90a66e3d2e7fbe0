import type { Layout } from "../../../machine/layout.ts";
import { TASK_SIZE } from "../../../machine/pte.ts";
import type { Run } from "../../../machine/step.ts";
import { embedded, NULL, type Ptr } from "../../../machine/struct.ts";
import { isTlbInvalidation } from "../../../device/command_ring.ts";
import type { Gpu } from "../../../device/gpu.ts";
import type { Current } from "../../../kernel/current.ts";
import type { Kernel } from "../../../kernel/kernel.ts";
import { spinLock, spinUnlock } from "../../../kernel/locking/spinlock.ts";
import { mmuNotifierRegister, mmuNotifierUnregister } from "../../../kernel/mmu_notifier/register.ts";
import type { Driver, GpuFault } from "../../driver.ts";
import { createVm, destroyVm } from "../../parts/vm_lifetime.ts";
import { handleKvmFault } from "./fault.ts";
import { flushAnswered, flushRange } from "./flush.ts";
import { hwOf, Kvm, KvmVm, vmOf } from "./kvm.ts";
import { kvmNotifierOps } from "./notifier.ts";

/**
 * KVM-like: a classic notifier with a sequence count of its own, the older way to the same end. Everything is done in range_start
 * under a spinlock, so that it can be done in a range that must not block too; GPUs wait one after the other, behind all interval
 * notifiers (RULES 24). A GPU stands for the processors of a guest.
 */
export class KvmDriver implements Driver {
  readonly name = "kvm";
  readonly hasDeferredWork = false;
  readonly #kvm: Kvm;
  /** Number of the notifiers' ops table. */
  readonly #ops: number;

  constructor(layout: Layout, kernel: Kernel, gpus: readonly Gpu[]) {
    this.#kvm = new Kvm(layout, kernel, gpus);
    this.#ops = kernel.notifier.registerOps(kvmNotifierOps(this.#kvm));
  }

  powerOn(words: Int32Array): void {
    this.#kvm.powerOn(words);
  }

  *open(current: Current, gpu: Gpu, mm: Ptr<"mm_struct">): Run<Ptr<"gpu_vm">> {
    const ops = this.#ops;
    const vm = yield* createVm(current, this.#kvm, gpu, mm, function* (fresh) {
      return (yield* mmuNotifierRegister(current, embedded(fresh, KvmVm.notifier), mm, ops)) === 0;
    });
    return vm === NULL ? NULL : hwOf(vm);
  }

  /** Nothing to do: a GPU faults wherever it likes. */
  *bind(): Run<number> {
    return 0;
  }

  *unbind(): Run<void> {}

  handleFault(current: Current, fault: GpuFault): Run<number> {
    return handleKvmFault(current, this.#kvm, fault);
  }

  *work(): Run<boolean> {
    return false;
  }

  /** Unregistering calls `release`, unless the end of the process has. */
  *close(current: Current, hw: Ptr<"gpu_vm">): Run<void> {
    const vm = vmOf(hw);
    yield* mmuNotifierUnregister(current, embedded(vm, KvmVm.notifier));
    yield* spinLock(current, embedded(vm, KvmVm.mmuLock));
    yield* flushRange(current, this.#kvm, vm, { start: 0, end: TASK_SIZE });
    yield* spinUnlock(current, embedded(vm, KvmVm.mmuLock));
    yield* destroyVm(current, this.#kvm, vm);
  }

  *interrupt(current: Current, gpu: Gpu, _seqno: number, op: number): Run<void> {
    if (isTlbInvalidation(op)) yield* flushAnswered(current, this.#kvm, gpu);
  }
}
