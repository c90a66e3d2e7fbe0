import type { Layout } from "../../../machine/layout.ts";
import { Slab } from "../../../machine/slab.ts";
import { array, containerOf, embedded, struct, u32, u64, Word, type Ptr } from "../../../machine/struct.ts";
import { GpuVm, type Gpu } from "../../../device/gpu.ts";
import type { Kernel } from "../../../kernel/kernel.ts";
import { Mutex } from "../../../kernel/locking/mutex.ts";
import { Rwsem } from "../../../kernel/locking/rwsem.ts";
import { Spinlock } from "../../../kernel/locking/spinlock.ts";
import { MmuIntervalNotifier } from "../../../kernel/mmu_notifier/structs.ts";
import { DmaResv } from "../../parts/dma_resv.ts";
import { FencedVmTable } from "../../parts/vm_table.ts";
import type { GpusvmVariant } from "./variant.ts";

/** The structures of GPU SVM (`drm_gpusvm` and xe's use of it, RULES 60 to 66): few big notifiers, each with many ranges. */

/** Bytes that one notifier watches (RULES 60). */
export const NOTIFIER_SIZE = 512 * 1024 * 1024;
/** Pages of a big range; a small one has one page. (This machine has no huge pages, so there are no ranges of 2 MiB.) */
export const RANGE_PAGES = 16;
const NOTIFIERS_PER_GPU = 16;
const RANGES_PER_GPU = 512;

export const GpusvmVm = struct("gpusvm_vm", {
  hw: GpuVm,
  mm: u32,
  /** `vm->lock`: notifiers, ranges and what is bound. Outside mmap_lock, never taken in a callback. */
  lock: Rwsem,
  /** `gpusvm.notifier_lock`, the user lock of all notifiers of the VM (RULES 60). */
  notifierLock: Rwsem,
  /** Line 0: jobs that write page tables. */
  resv: DmaResv,
  notifiers: u32,
  /** `svm.garbage_collector.lock`: guards the list of ranges that are to be thrown away. Inside `notifierLock`. */
  collectorLock: Spinlock,
  garbage: u32,
  nextVm: u32,
});

/** RULES 60. Its ranges are in a list, where the kernel has a tree. */
export const GpusvmNotifier = struct("gpusvm_notifier", {
  notifier: MmuIntervalNotifier,
  vm: u32,
  nextInVm: u32,
  start: u64,
  /** First range. Changed under `vm->lock` and `notifierLock`. */
  ranges: u32,
  /** In the corrected design: number of the latest flush that was sent between two passes, until it was waited for; else 0. */
  lastFlush: u32,
});

/** Pages are valid: the device has a DMA mapping of them. */
export const PAGES_HAS_DMA_MAPPING = 1;
/** The process has unmapped part of the range, or all of it. */
export const PAGES_UNMAPPED = 2;

/** What a fault binds: 64 KiB or one page. */
export const GpusvmRange = struct("gpusvm_range", {
  notifier: u32,
  nextInNotifier: u32,
  start: u64,
  pages: u32,
  /** PAGES_*: the whole word is written under `notifierLock`, and looked at without (RULES b2). */
  flags: u32,
  /** read_begin's number when the pages were found valid last. */
  notifierSeq: u32,
  /** Tiles whose page table has the range, and those where it was zapped since. One tile: 0 or 1. */
  tilePresent: u32,
  tileInvalidated: u32,
  /** In the list of garbage. */
  nextGarbage: u32,
  isGarbage: u32,
  dmaPfns: array(Word, RANGE_PAGES),
});

/** All VMs, for the garbage collector. */
export const GpusvmVms = struct("gpusvm_vms", { lock: Mutex, first: u32 });

/** Where everything is. */
export class Gpusvm extends FencedVmTable<"gpusvm_vm"> {
  readonly variant: GpusvmVariant;
  readonly notifiers: Slab<"gpusvm_notifier">;
  readonly ranges: Slab<"gpusvm_range">;
  readonly openVms: Ptr<"gpusvm_vms">;

  constructor(layout: Layout, kernel: Kernel, gpus: readonly Gpu[], variant: GpusvmVariant) {
    super(layout, kernel, gpus, GpusvmVm);
    this.variant = variant;
    this.notifiers = new Slab(layout, GpusvmNotifier, gpus.length * NOTIFIERS_PER_GPU);
    this.ranges = new Slab(layout, GpusvmRange, gpus.length * RANGES_PER_GPU);
    this.openVms = layout.place(GpusvmVms, "gpusvm_vms");
  }

  override powerOn(words: Int32Array): void {
    super.powerOn(words);
    this.notifiers.powerOn(words);
    this.ranges.powerOn(words);
  }
}

/** The hardware's part of a VM. */
export function hwOf(vm: Ptr<"gpusvm_vm">): Ptr<"gpu_vm"> {
  return embedded(vm, GpusvmVm.hw);
}

export function vmOf(hw: Ptr<"gpu_vm">): Ptr<"gpusvm_vm"> {
  return containerOf(hw, GpusvmVm.hw);
}

export function notifierOf(sub: Ptr<"mmu_interval_notifier">): Ptr<"gpusvm_notifier"> {
  return containerOf(sub, GpusvmNotifier.notifier);
}
