import type { Layout } from "../machine/layout.ts";
import { MmState } from "./mm/state.ts";
import { shrinkOnce } from "./mm/vmscan.ts";
import type { NotifierPasses } from "./mmu_notifier/passes.ts";
import { NotifierState } from "./mmu_notifier/state.ts";
import { SignalState } from "./signal.ts";
import { SrcuState } from "./srcu.ts";

/** Sizes of the simulated machine as far as the kernel is concerned. */
export interface KernelConfig {
  /** Frames of 4 KiB. */
  readonly frames: number;
  /** Processors that write to pages: CPUs and GPUs. */
  readonly writers: number;
  /** Tasks that may exist at once, ids 1 to `tasks`. */
  readonly tasks: number;
  /** Of these the CPUs, ids 1 to `cpus`: they alone call notifiers. */
  readonly cpus: number;
  /** Address spaces at once. */
  readonly mms: number;
  /** VMAs at once, over all address spaces. */
  readonly vmas: number;
  /** Pages of swap. */
  readonly swapSlots: number;
  /** How interval notifiers are called; default in two passes, as merged in Linux 7.1. */
  readonly passes?: NotifierPasses;
}

/** One booted kernel. Every thread builds its own over the same memory: it holds addresses and code, no state. */
export class Kernel {
  readonly config: KernelConfig;
  readonly mm: MmState;
  readonly srcu: SrcuState;
  readonly signals: SignalState;
  readonly notifier: NotifierState;

  constructor(layout: Layout, config: KernelConfig) {
    this.config = config;
    this.mm = new MmState(layout, config);
    this.mm.shrinker = shrinkOnce;
    this.srcu = new SrcuState(layout, config);
    this.signals = new SignalState(layout, config);
    this.notifier = new NotifierState(layout, config, this.srcu);
  }

  /** Before any task runs, on one thread. */
  powerOn(words: Int32Array): void {
    this.mm.powerOn(words);
    this.srcu.powerOn(words);
    this.notifier.powerOn(words);
  }
}
