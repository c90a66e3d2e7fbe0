import type { Run } from "../machine/step.ts";
import type { Ptr } from "../machine/struct.ts";
import { gpuIndexOf, type Gpu } from "../device/gpu.ts";
import type { Current } from "../kernel/current.ts";
import type { Driver, GpuFault } from "./driver.ts";

/**
 * Several drivers in one process, as in a machine with GPUs of several makers: GPU i has driver i modulo their number. They know
 * nothing of each other, and meet in the notifiers of the process alone (RULES 14, 23, 24).
 */
export class MixedDriver implements Driver {
  readonly name: string;
  readonly hasDeferredWork: boolean;
  readonly #drivers: readonly Driver[];
  readonly #byGpu: readonly Driver[];

  /**
   * @param designs a name for each GPU, in turns; a name that is there twice is one driver with more GPUs
   * @param create the driver of a name
   */
  constructor(designs: readonly string[], gpus: number, create: (design: string) => Driver) {
    this.name = designs.join(",");
    const drivers = new Map([...new Set(designs)].map((design) => [design, create(design)]));
    this.#drivers = [...drivers.values()];
    this.hasDeferredWork = this.#drivers.some((driver) => driver.hasDeferredWork);
    this.#byGpu = Array.from({ length: gpus }, (_, gpu) => drivers.get(designs[gpu % designs.length])!);
  }

  powerOn(words: Int32Array): void {
    for (const driver of this.#drivers) driver.powerOn(words);
  }

  open(current: Current, gpu: Gpu, mm: Ptr<"mm_struct">): Run<Ptr<"gpu_vm">> {
    return this.#byGpu[gpu.index].open(current, gpu, mm);
  }

  bind(current: Current, vm: Ptr<"gpu_vm">, start: number, end: number): Run<number> {
    return this.#driverOf(current, vm).bind(current, vm, start, end);
  }

  unbind(current: Current, vm: Ptr<"gpu_vm">, start: number, end: number): Run<void> {
    return this.#driverOf(current, vm).unbind(current, vm, start, end);
  }

  handleFault(current: Current, fault: GpuFault): Run<number> {
    return this.#byGpu[fault.gpu.index].handleFault(current, fault);
  }

  *work(current: Current): Run<boolean> {
    let any = false;
    for (const driver of this.#drivers) {
      if (yield* driver.work(current)) any = true;
    }
    return any;
  }

  close(current: Current, vm: Ptr<"gpu_vm">): Run<void> {
    return this.#driverOf(current, vm).close(current, vm);
  }

  interrupt(current: Current, gpu: Gpu, seqno: number, op: number): Run<void> {
    return this.#byGpu[gpu.index].interrupt(current, gpu, seqno, op);
  }

  #driverOf(current: Current, vm: Ptr<"gpu_vm">): Driver {
    return this.#byGpu[gpuIndexOf(current, vm)];
  }
}
