import type { PhysicalMemory } from "../machine/physical.ts";
import type { Naming } from "../trace/event.ts";

/** What the oracles need to know of whatever they are told the events of: its parts, and their names. */
export interface EventWorld extends Naming {
  /** By number. */
  readonly gpus: readonly CheckGpu[];
  /** Threads that run tasks, and the number of this one, from 0. */
  readonly threads: number;
  readonly thread: number;
  /** Rows of each of the oracles' tables at most, a power of two, if they are to be smaller than they usually are. */
  readonly tableRows?: number;
  /** Does the notifier core finish what it started in any order? Default: in that of the starts (RULES 17). */
  readonly isAnyOrder?: boolean;
}

/**
 * The machine that the oracles watch: also a few read-only looks into its memory, as it is at the event. Every thread builds its
 * own over the same memory, in the same order.
 */
export interface CheckWorld extends EventWorld {
  readonly physical: PhysicalMemory;
  /** Pages of swap. */
  readonly swapSlots: number;
  /** The leaf entry for `va` in the CPU's page table of `mm`, 0 if there is none. Any thread, no step. */
  cpuPte(words: Int32Array, mm: number, va: number): number;
  /** The number of the collision-retry lock of `mm` at this moment, 0 if it has none. Any thread, no step. */
  invalidateSeq(words: Int32Array, mm: number): number;
  /** Do all contexts of GPU `gpu` stand still, at a preemption point or switched off? Any thread, no step. */
  isStopped(words: Int32Array, gpu: number): boolean;
  /**
   * First byte of the page that a valid TLB entry of `asid` translates within [start, end), to frame `pfn` if one is named; -1
   * if there is none. Any thread, no step.
   */
  tlbEntryIn(words: Int32Array, gpu: number, asid: number, start: number, end: number, pfn?: number): number;
}

/** What the oracles need to know of one GPU. */
export interface CheckGpu {
  /** Its name in reports: `gpu0`. */
  readonly name: string;
  /** Its number among the processors that write to pages. */
  readonly writer: number;
}
