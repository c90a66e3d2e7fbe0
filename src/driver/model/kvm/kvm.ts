import { ArchSpinlock } from "../../../machine/arch_spinlock.ts";
import type { Layout } from "../../../machine/layout.ts";
import { Slab } from "../../../machine/slab.ts";
import { containerOf, embedded, struct, u32, type Ptr } from "../../../machine/struct.ts";
import type { Task } from "../../../machine/task.ts";
import { GpuVm, type Gpu } from "../../../device/gpu.ts";
import type { Kernel } from "../../../kernel/kernel.ts";
import { Spinlock } from "../../../kernel/locking/spinlock.ts";
import { MmuNotifier } from "../../../kernel/mmu_notifier/structs.ts";

/** The structures of the KVM-like design. */

const VMS_PER_GPU = 4;

export const KvmVm = struct("kvm_vm", {
  hw: GpuVm,
  gpu: u32,
  mm: u32,
  notifier: MmuNotifier,
  /** `mmu_lock`: the page table, and what follows. A spinlock, since ranges that must not block cannot be refused (RULES 31). */
  mmuLock: Spinlock,
  /** Ranges that have begun and not ended. */
  invalidateInProgress: u32,
  /** Counts the ranges that have ended. */
  invalidateSeq: u32,
});

/** The way to a GPU's TLB, which is waited for without sleeping. Inside `mmuLock`. */
export const KvmGpu = struct("kvm_gpu", {
  lock: Spinlock,
  /** Number of the last invalidation that was sent. */
  seqno: u32,
  /** Held from the sending of an invalidation to its answer, as the lock of an inter-processor call is. */
  call: ArchSpinlock,
});

/** Where everything is. */
export class Kvm {
  readonly kernel: Kernel;
  readonly gpus: readonly Gpu[];
  readonly kvmGpus: readonly Ptr<"kvm_gpu">[];
  readonly vms: Slab<"kvm_vm">;

  constructor(layout: Layout, kernel: Kernel, gpus: readonly Gpu[]) {
    this.kernel = kernel;
    this.gpus = gpus;
    this.kvmGpus = gpus.map((gpu) => layout.place(KvmGpu, `${gpu.name}.kvm`));
    this.vms = new Slab(layout, KvmVm, gpus.length * VMS_PER_GPU);
  }

  /** The GPU that works in `vm`; set once, before anybody else knows the VM. */
  gpuOf(task: Task, vm: Ptr<"kvm_vm">): Gpu {
    return this.gpus[task.words[vm + KvmVm.gpu]];
  }
}

/** The hardware's part of a VM. */
export function hwOf(vm: Ptr<"kvm_vm">): Ptr<"gpu_vm"> {
  return embedded(vm, KvmVm.hw);
}

export function vmOf(hw: Ptr<"gpu_vm">): Ptr<"kvm_vm"> {
  return containerOf(hw, KvmVm.hw);
}
