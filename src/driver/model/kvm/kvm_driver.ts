import { init, readPtr } from "../../../machine/access.ts";
import type { Layout } from "../../../machine/layout.ts";
import { TASK_SIZE } from "../../../machine/pte.ts";
import { GFP_KERNEL } from "../../../machine/slab.ts";
import type { Run } from "../../../machine/step.ts";
import { embedded, NULL, type Ptr } from "../../../machine/struct.ts";
import { trace } from "../../../machine/tracepoint.ts";
import { isTlbInvalidation } from "../../../device/command_ring.ts";
import { GpuVm, type Gpu } from "../../../device/gpu.ts";
import type { Current } from "../../../kernel/current.ts";
import type { Kernel } from "../../../kernel/kernel.ts";
import { spinLock, spinUnlock } from "../../../kernel/locking/spinlock.ts";
import { mmdrop, mmgrab } from "../../../kernel/mm/mm_count.ts";
import { mmuNotifierRegister, mmuNotifierUnregister } from "../../../kernel/mmu_notifier/register.ts";
import type { Driver, GpuFault } from "../../driver.ts";
import { gpuPtCreate, gpuPtDestroy } from "../../parts/gpu_page_table.ts";
import { handleKvmFault } from "./fault.ts";
import { flushAnswered, flushRange } from "./flush.ts";
import { hwOf, Kvm, KvmVm, vmOf } from "./kvm.ts";
import { kvmNotifierOps } from "./notifier.ts";
import { driverEvents } from "../../tracepoints.ts";

/**
 * KVM-like: a classic notifier with a sequence count of its own, the older way to the same end. Everything is done in range_start under
 * a spinlock, so that it can be done in a range that must not block too; GPUs wait one after the other, behind all interval
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
    this.#kvm.vms.powerOn(words);
  }

  *open(current: Current, gpu: Gpu, mm: Ptr<"mm_struct">): Run<Ptr<"gpu_vm">> {
    const { vms } = this.#kvm;
    const vm = yield* vms.alloc(current, GFP_KERNEL);
    if (vm === NULL) return NULL;
    const asid = vms.indexOf(vm) + 1;
    init(current, hwOf(vm), GpuVm.asid, asid);
    init(current, vm, KvmVm.gpu, gpu.index);
    init(current, vm, KvmVm.mm, mm);
    const hasTable = (yield* gpuPtCreate(current, hwOf(vm))) === 0;
    if (hasTable && (yield* mmuNotifierRegister(current, embedded(vm, KvmVm.notifier), mm, this.#ops)) === 0) {
      yield* mmgrab(current, mm);
      trace(current, driverEvents.vmOpen, gpu.index, hwOf(vm), mm, asid);
      return hwOf(vm);
    }
    if (hasTable) yield* gpuPtDestroy(current, gpu, hwOf(vm));
    yield* vms.free(current, vm);
    return NULL;
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
    const gpu = this.#kvm.gpuOf(current, vm);
    yield* mmuNotifierUnregister(current, embedded(vm, KvmVm.notifier));
    yield* spinLock(current, embedded(vm, KvmVm.mmuLock));
    yield* flushRange(current, this.#kvm, vm, { start: 0, end: TASK_SIZE }); // before the tables go (RULES I28)
    yield* spinUnlock(current, embedded(vm, KvmVm.mmuLock));
    trace(current, driverEvents.vmClose, gpu.index, hw);
    yield* gpuPtDestroy(current, gpu, hw);
    yield* mmdrop(current, yield* readPtr(current, vm, KvmVm.mm));
    yield* this.#kvm.vms.free(current, vm);
  }

  *interrupt(current: Current, gpu: Gpu, _seqno: number, op: number): Run<void> {
    if (isTlbInvalidation(op)) yield* flushAnswered(current, this.#kvm, gpu);
  }
}
