import type { Layout } from "../../../machine/layout.ts";
import { Slab } from "../../../machine/slab.ts";
import { array, containerOf, embedded, struct, u32, u64, Word, type Ptr } from "../../../machine/struct.ts";
import type { Task } from "../../../machine/task.ts";
import { GpuVm, type Gpu } from "../../../device/gpu.ts";
import type { Kernel } from "../../../kernel/kernel.ts";
import { Mutex } from "../../../kernel/locking/mutex.ts";
import { Rwsem } from "../../../kernel/locking/rwsem.ts";
import { MmuIntervalNotifier, MmuIntervalNotifierFinish, MmuIntervalNotifierPass } from "../../../kernel/mmu_notifier/structs.ts";
import { TlbInvalFence } from "../../parts/tlb_inval_fence.ts";
import { FencedVmTable } from "../../parts/vm_table.ts";

/**
 * Shared virtual memory by GPU faults: the base of all designs that are no model of a real driver. A GPU may touch any address of
 * the process; a fault mirrors the CPU's page-table entry into the GPU's. The address space is watched in aligned
 * chunks, one interval notifier each, as ODP does it (RULES 60, 76): constant ranges, hence no notifier ever has to change from
 * within a callback.
 */

/** Bytes that one notifier watches. A TLB invalidation of 2 MiB or more flushes as much anyway. */
export const CHUNK_SIZE = 16 * 1024 * 1024;
/** Lists of chunks in each VM. */
export const CHUNK_BUCKETS = 32;
const CHUNKS_PER_GPU = 256;

/** An address space of a GPU. */
export const SvmVm = struct("svm_vm", {
  hw: GpuVm,
  mm: u32,
  /** The VM whose chunks and locks it uses: its own, unless a driver watches a process once for all of its GPUs. */
  watcher: u32,
  /** Guards the lists of chunks. Outside mmap_lock, never taken in a callback (RULES b 1). */
  lock: Rwsem,
  /** The user lock: leaf entries of the page table, sequence numbers of the notifiers (RULES b 8). */
  notifierLock: Mutex,
  buckets: array(Word, CHUNK_BUCKETS),
});

/** What one invocation of a notifier leaves to its later passes. */
export const SvmFinish = struct("svm_finish", {
  base: MmuIntervalNotifierFinish,
  /** The invalidation that the last pass waits for. */
  flush: TlbInvalFence,
  /** Instead of `base`, in designs with any number of passes. */
  pass: MmuIntervalNotifierPass,
});

/** A chunk of the address space that was touched at least once. */
export const SvmChunk = struct("svm_chunk", {
  notifier: MmuIntervalNotifier,
  vm: u32,
  nextInBucket: u32,
  start: u64,
  /**
   * Number of the latest invalidation sent for this chunk, until somebody has waited for it; else 0. Written under the user
   * lock, cleared without.
   */
  lastFlush: u32,
  /** With `--finish embedded`: the only finish object, and whether it is in use. */
  finish: SvmFinish,
  finishInUse: u32,
  /** The user lock of designs that have one for each notifier. */
  lock: Mutex,
});

export interface SvmOptions {
  /** A user lock for each notifier instead of one for each VM. */
  readonly isLockPerNotifier?: boolean;
}

/** Where everything is. */
export class Svm extends FencedVmTable<"svm_vm"> {
  readonly chunks: Slab<"svm_chunk">;
  readonly #isLockPerNotifier: boolean;

  constructor(layout: Layout, kernel: Kernel, gpus: readonly Gpu[], { isLockPerNotifier = false }: SvmOptions = {}) {
    super(layout, kernel, gpus, SvmVm);
    this.chunks = new Slab(layout, SvmChunk, gpus.length * CHUNKS_PER_GPU);
    this.#isLockPerNotifier = isLockPerNotifier;
  }

  override powerOn(words: Int32Array): void {
    super.powerOn(words);
    this.chunks.powerOn(words);
  }

  /** The lock under which the chunk's part of the page tables and its sequence number are changed. */
  userLockOf(task: Task, chunk: Ptr<"svm_chunk">): Ptr<"mutex"> {
    if (this.#isLockPerNotifier) return embedded(chunk, SvmChunk.lock);
    const vm = task.words[chunk + SvmChunk.vm] as Ptr<"svm_vm">; // set once, before anybody else knows the chunk
    return embedded(vm, SvmVm.notifierLock);
  }
}

/** The VM that has the chunks and the locks of `vm`; set once, before anybody else knows the VM. */
export function watcherOf(task: Task, vm: Ptr<"svm_vm">): Ptr<"svm_vm"> {
  return task.words[vm + SvmVm.watcher] as Ptr<"svm_vm">;
}

/** The hardware's part of a VM. */
export function hwOf(vm: Ptr<"svm_vm">): Ptr<"gpu_vm"> {
  return embedded(vm, SvmVm.hw);
}

export function vmOf(hw: Ptr<"gpu_vm">): Ptr<"svm_vm"> {
  return containerOf(hw, SvmVm.hw);
}
