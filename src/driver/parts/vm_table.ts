import type { Layout } from "../../machine/layout.ts";
import { Slab } from "../../machine/slab.ts";
import { embedded, type Field, type Ptr, type StructType, type u32 } from "../../machine/struct.ts";
import type { Task } from "../../machine/task.ts";
import { gpuIndexOf, type Gpu } from "../../device/gpu.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import { StackFences } from "./stack_fences.ts";
import { TlbInval } from "./tlb_inval.ts";

const VMS_PER_GPU = 4;

/** A driver's address space of a GPU: the hardware's part of it, the process, and what else the driver keeps. */
export type VmStruct<S extends string> = StructType<S> & {
  readonly hw: Field<S, StructType<"gpu_vm">>;
  readonly mm: Field<S, typeof u32>;
};

/** A driver's GPUs and its address spaces: addresses, no state. */
export class VmTable<S extends string> {
  readonly kernel: Kernel;
  readonly gpus: readonly Gpu[];
  readonly struct: VmStruct<S>;
  readonly vms: Slab<S>;

  constructor(layout: Layout, kernel: Kernel, gpus: readonly Gpu[], struct: VmStruct<S>) {
    this.kernel = kernel;
    this.gpus = gpus;
    this.struct = struct;
    this.vms = new Slab(layout, struct, gpus.length * VMS_PER_GPU);
  }

  powerOn(words: Int32Array): void {
    this.vms.powerOn(words);
  }

  /** The GPU that works in `vm`. */
  gpuOf(task: Task, vm: Ptr<S>): Gpu {
    return this.gpus[gpuIndexOf(task, embedded(vm, this.struct.hw))];
  }
}

/** The same for a driver that waits for TLB invalidations by fences. */
export class FencedVmTable<S extends string> extends VmTable<S> {
  /** By GPU. */
  readonly tlbInvals: readonly TlbInval[];
  readonly stackFences: StackFences;

  constructor(layout: Layout, kernel: Kernel, gpus: readonly Gpu[], struct: VmStruct<S>) {
    super(layout, kernel, gpus, struct);
    this.tlbInvals = gpus.map((gpu) => new TlbInval(layout, gpu));
    this.stackFences = new StackFences(layout, kernel.config.tasks);
  }

  tlbInvalOf(task: Task, vm: Ptr<S>): TlbInval {
    return this.tlbInvals[gpuIndexOf(task, embedded(vm, this.struct.hw))];
  }
}
