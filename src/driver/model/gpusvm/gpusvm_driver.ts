import type { Run } from "../../../machine/step.ts";
import { NULL, type Ptr } from "../../../machine/struct.ts";
import { isTlbInvalidation } from "../../../device/command_ring.ts";
import type { Gpu } from "../../../device/gpu.ts";
import type { Current } from "../../../kernel/current.ts";
import type { MmuIntervalNotifierOps } from "../../../kernel/mmu_notifier/types.ts";
import type { Driver, GpuFault } from "../../driver.ts";
import { tlbInvalDone, tlbInvalTimeout } from "../../parts/tlb_inval.ts";
import { handleGpusvmFault } from "./fault.ts";
import { hwOf, vmOf, type Gpusvm } from "./gpusvm.ts";
import { closeVm, collectorWork, openVm } from "./vm.ts";

interface PowerOn {
  powerOn(words: Int32Array): void;
}

/** A design of GPU SVM: everything but how it answers an invalidation. */
export class GpusvmDriver implements Driver {
  readonly name: string;
  readonly hasDeferredWork = false;
  readonly #gpusvm: Gpusvm;
  readonly #slabs: readonly PowerOn[];
  /** Number of the notifiers' ops table. */
  readonly #ops: number;

  /** @param slabs more of the design's own that have to be powered on */
  constructor(name: string, gpusvm: Gpusvm, ops: MmuIntervalNotifierOps, slabs: readonly PowerOn[] = []) {
    this.name = name;
    this.#gpusvm = gpusvm;
    this.#slabs = [gpusvm, ...slabs];
    this.#ops = gpusvm.kernel.notifier.registerIntervalOps(ops);
  }

  powerOn(words: Int32Array): void {
    for (const slab of this.#slabs) slab.powerOn(words);
  }

  *open(current: Current, gpu: Gpu, mm: Ptr<"mm_struct">): Run<Ptr<"gpu_vm">> {
    const vm = yield* openVm(current, this.#gpusvm, gpu, mm);
    return vm === NULL ? NULL : hwOf(vm);
  }

  /** Nothing to do: a GPU faults wherever it likes. */
  *bind(): Run<number> {
    return 0;
  }

  *unbind(): Run<void> {}

  handleFault(current: Current, fault: GpuFault): Run<number> {
    return handleGpusvmFault(current, this.#gpusvm, this.#ops, fault);
  }

  /** Nobody waits for it: faults collect garbage themselves, and waiters look at the time. */
  *work(current: Current): Run<boolean> {
    let any = yield* collectorWork(current, this.#gpusvm);
    for (const tlbInval of this.#gpusvm.tlbInvals) {
      if (yield* tlbInvalTimeout(current, tlbInval)) any = true;
    }
    return any;
  }

  close(current: Current, vm: Ptr<"gpu_vm">): Run<void> {
    return closeVm(current, this.#gpusvm, vmOf(vm));
  }

  *interrupt(current: Current, gpu: Gpu, seqno: number, op: number): Run<void> {
    if (isTlbInvalidation(op)) yield* tlbInvalDone(current, this.#gpusvm.tlbInvals[gpu.index], seqno);
  }
}
