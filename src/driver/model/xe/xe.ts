import type { Layout } from "../../../machine/layout.ts";
import { Slab } from "../../../machine/slab.ts";
import { array, containerOf, embedded, struct, u32, u64, Word, type Ptr } from "../../../machine/struct.ts";
import { GpuVm, MAX_CONTEXTS, type Gpu } from "../../../device/gpu.ts";
import type { Kernel } from "../../../kernel/kernel.ts";
import { Mutex } from "../../../kernel/locking/mutex.ts";
import { Rwsem } from "../../../kernel/locking/rwsem.ts";
import { Spinlock } from "../../../kernel/locking/spinlock.ts";
import { MmuIntervalNotifier, MmuIntervalNotifierFinish } from "../../../kernel/mmu_notifier/structs.ts";
import { DmaResv } from "../../parts/dma_resv.ts";
import { TlbInvalFence } from "../../parts/tlb_inval_fence.ts";
import { FencedVmTable } from "../../parts/vm_table.ts";
import type { XeVariant } from "./variant.ts";

/** The structures of the xe model: an address space, and a piece of process memory bound into it. */

/** How a GPU gets to memory that an invalidation took away. */
export type XeMode =
  /** It faults. */
  | "fault"
  /** It cannot fault: its contexts are preempted, and resumed when everything is bound again. */
  | "preempt-fence";

/** Pages of one userptr VMA. A buffer is bound in pieces of this size, since a piece is pinned as a whole or not at all. */
export const USERPTR_PAGES = 16;
const VMAS_PER_GPU = 512;

export const XeVm = struct("xe_vm", {
  hw: GpuVm,
  mm: u32,
  /** `vm->lock`: the list of VMAs and what is bound. Outside mmap_lock, never taken in a callback. */
  lock: Rwsem,
  /** `gpusvm.notifier_lock`, the user lock. */
  notifierLock: Rwsem,
  /** Line 0: jobs that write page tables; line 1 + n: preemption of context n. */
  resv: DmaResv,
  /** Guards the list of invalidated VMAs: their `invalidated` flags and how many there are. Inside `notifierLock`. */
  invalidatedLock: Spinlock,
  invalidatedCount: u32,
  /** First VMA. */
  vmas: u32,
  /** Number of the preemption fence of each context that CMD_PREEMPT was sent for. */
  preemptRequested: array(Word, MAX_CONTEXTS),
  /** 1: a context was preempted, the rebind worker has to run. */
  rebindQueued: u32,
});

/** RULES 46: state guarded by `notifierLock` for writing, or for reading together with `vm->lock`. */
export const XeUserptrVma = struct("xe_userptr_vma", {
  notifier: MmuIntervalNotifier,
  finish: MmuIntervalNotifierFinish,
  finishInuse: u32,
  tlbInvalSubmitted: u32,
  /** The invalidation that was submitted, and how many fences it has: 0 or 1. */
  invalBatch: TlbInvalFence,
  invalBatchFences: u32,
  /** It was bound at least once. */
  initialBind: u32,
  vm: u32,
  nextInVm: u32,
  start: u64,
  pages: u32,
  /** Tiles whose page table has its entries, and those where they were zapped since. One tile: 0 or 1. */
  tilePresent: u32,
  tileInvalidated: u32,
  destroyed: u32,
  /** On the list of invalidated VMAs. */
  invalidated: u32,
  /** Pinned again; the rebind worker has to bind it. */
  needsRebind: u32,
  /** What was pinned: frames that the device has a DMA mapping of, and read_begin's number at the time. */
  hasDmaMapping: u32,
  notifierSeq: u32,
  dmaPfns: array(Word, USERPTR_PAGES),
});

/** What the driver keeps of a GPU. */
export const XeGpu = struct("xe_gpu", {
  /** Held while the rebind worker runs; `cancel_work_sync` is to take it. */
  workLock: Mutex,
  /** In preempt-fence mode: the VM whose contexts these are, 0 if none. */
  vm: u32,
});

/** Where everything is. */
export class Xe extends FencedVmTable<"xe_vm"> {
  readonly mode: XeMode;
  readonly variant: XeVariant;
  readonly xeGpus: readonly Ptr<"xe_gpu">[];
  readonly vmas: Slab<"xe_userptr_vma">;

  constructor(layout: Layout, kernel: Kernel, gpus: readonly Gpu[], mode: XeMode, variant: XeVariant) {
    super(layout, kernel, gpus, XeVm);
    this.mode = mode;
    this.variant = variant;
    this.xeGpus = gpus.map((gpu) => layout.place(XeGpu, `${gpu.name}.xe`));
    this.vmas = new Slab(layout, XeUserptrVma, gpus.length * VMAS_PER_GPU);
  }

  override powerOn(words: Int32Array): void {
    super.powerOn(words);
    this.vmas.powerOn(words);
  }
}

/** The hardware's part of a VM. */
export function hwOf(vm: Ptr<"xe_vm">): Ptr<"gpu_vm"> {
  return embedded(vm, XeVm.hw);
}

export function vmOf(hw: Ptr<"gpu_vm">): Ptr<"xe_vm"> {
  return containerOf(hw, XeVm.hw);
}

export function vmaOf(notifier: Ptr<"mmu_interval_notifier">): Ptr<"xe_userptr_vma"> {
  return containerOf(notifier, XeUserptrVma.notifier);
}
