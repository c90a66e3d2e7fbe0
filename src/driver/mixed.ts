import type { Layout } from "../machine/layout.ts";
import type { Run } from "../machine/step.ts";
import type { Ptr } from "../machine/struct.ts";
import type { Gpu } from "../device/gpu.ts";
import type { Current } from "../kernel/current.ts";
import type { Driver, GpuFault } from "./driver.ts";

/** A driver of a mixture, and where its structures are: words `first` to `past` - 1. */
interface Part {
  readonly driver: Driver;
  readonly first: number;
  readonly past: number;
}

/**
 * Several drivers in one process, as in a machine with GPUs of several makers: GPU i has driver i modulo their number. They know
 * nothing of each other, and meet in the notifiers of the process alone (RULES 14, 23, 24).
 */
export class MixedDriver implements Driver {
  readonly name: string;
  readonly hasDeferredWork: boolean;
  readonly #parts: readonly Part[];
  readonly #byGpu: readonly Part[];

  /**
   * @param designs a name for each GPU, in turns; a name that is there twice is one driver with more GPUs
   * @param create the driver of a name, with its structures placed in `layout`
   */
  constructor(designs: readonly string[], gpus: number, layout: Layout, create: (design: string) => Driver) {
    this.name = designs.join(",");
    const parts = new Map<string, Part>();
    for (const design of new Set(designs)) {
      const first = layout.words;
      parts.set(design, { driver: create(design), first, past: layout.words });
    }
    this.#parts = [...parts.values()];
    this.hasDeferredWork = this.#parts.some(({ driver }) => driver.hasDeferredWork);
    this.#byGpu = Array.from({ length: gpus }, (_, gpu) => parts.get(designs[gpu % designs.length])!);
  }

  powerOn(words: Int32Array): void {
    for (const { driver } of this.#parts) driver.powerOn(words);
  }

  open(current: Current, gpu: Gpu, mm: Ptr<"mm_struct">): Run<Ptr<"gpu_vm">> {
    return this.#byGpu[gpu.index].driver.open(current, gpu, mm);
  }

  bind(current: Current, vm: Ptr<"gpu_vm">, start: number, end: number): Run<number> {
    return this.#ownerOf(vm).bind(current, vm, start, end);
  }

  unbind(current: Current, vm: Ptr<"gpu_vm">, start: number, end: number): Run<void> {
    return this.#ownerOf(vm).unbind(current, vm, start, end);
  }

  handleFault(current: Current, fault: GpuFault): Run<number> {
    return this.#byGpu[fault.gpu.index].driver.handleFault(current, fault);
  }

  *work(current: Current): Run<boolean> {
    let any = false;
    for (const { driver } of this.#parts) {
      if (yield* driver.work(current)) any = true;
    }
    return any;
  }

  close(current: Current, vm: Ptr<"gpu_vm">): Run<void> {
    return this.#ownerOf(vm).close(current, vm);
  }

  interrupt(current: Current, gpu: Gpu, seqno: number, op: number): Run<void> {
    return this.#byGpu[gpu.index].driver.interrupt(current, gpu, seqno, op);
  }

  /** Whose memory the VM is in. */
  #ownerOf(vm: Ptr<"gpu_vm">): Driver {
    return this.#parts.find(({ first, past }) => vm >= first && vm < past)!.driver;
  }
}
