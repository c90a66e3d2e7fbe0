import { ArchSpinlock } from "../../../machine/arch_spinlock.ts";
import type { Layout } from "../../../machine/layout.ts";
import { containerOf, embedded, struct, u32, type Ptr } from "../../../machine/struct.ts";
import { GpuVm, type Gpu } from "../../../device/gpu.ts";
import type { Kernel } from "../../../kernel/kernel.ts";
import { Spinlock } from "../../../kernel/locking/spinlock.ts";
import { MmuNotifier } from "../../../kernel/mmu_notifier/structs.ts";
import { VmTable } from "../../parts/vm_table.ts";

/** The structures of the KVM-like design. */

export const KvmVm = struct("kvm_vm", {
  hw: GpuVm,
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
export class Kvm extends VmTable<"kvm_vm"> {
  readonly kvmGpus: readonly Ptr<"kvm_gpu">[];

  constructor(layout: Layout, kernel: Kernel, gpus: readonly Gpu[]) {
    super(layout, kernel, gpus, KvmVm);
    this.kvmGpus = gpus.map((gpu) => layout.place(KvmGpu, `${gpu.name}.kvm`));
  }
}

/** The hardware's part of a VM. */
export function hwOf(vm: Ptr<"kvm_vm">): Ptr<"gpu_vm"> {
  return embedded(vm, KvmVm.hw);
}

export function vmOf(hw: Ptr<"gpu_vm">): Ptr<"kvm_vm"> {
  return containerOf(hw, KvmVm.hw);
}
