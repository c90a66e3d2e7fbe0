import type { Run } from "../../../machine/step.ts";
import { NULL, type Ptr } from "../../../machine/struct.ts";
import type { Gpu } from "../../../device/gpu.ts";
import { isTlbInvalidation } from "../../../device/command_ring.ts";
import type { Current } from "../../../kernel/current.ts";
import type { MmuIntervalNotifierOps } from "../../../kernel/mmu_notifier/types.ts";
import type { Driver, GpuFault } from "../../driver.ts";
import { tlbInvalDone } from "../../parts/tlb_inval.ts";
import { handleSvmFault } from "./fault.ts";
import { hwOf, vmOf, type Svm } from "./svm.ts";
import { tlbInvalTimeouts } from "./timeouts.ts";
import { closeVm, openVm } from "./vm.ts";

interface PowerOn {
  powerOn(words: Int32Array): void;
}

/** Interrupt: the GPU answered request `seqno` of kind `op`, and if it was a TLB invalidation its waiters have been told. */
type Answered = (current: Current, gpu: Gpu, seqno: number, op: number) => Run<void>;

/** A design of shared virtual memory: everything but how it answers an invalidation. */
export class SvmDriver implements Driver {
  readonly name: string;
  readonly hasDeferredWork = false;
  readonly #svm: Svm;
  readonly #slabs: readonly PowerOn[];
  readonly #answered: Answered | null;
  /** Number of the notifiers' ops table. */
  readonly #ops: number;

  /**
   * @param slabs more of the design's own that have to be powered on
   * @param answered what else the design has to do in an interrupt
   */
  constructor(
    name: string,
    svm: Svm,
    ops: MmuIntervalNotifierOps,
    slabs: readonly PowerOn[] = [],
    answered: Answered | null = null,
  ) {
    this.name = name;
    this.#slabs = [svm, ...slabs];
    this.#answered = answered;
    this.#svm = svm;
    this.#ops = svm.kernel.notifier.registerIntervalOps(ops);
  }

  powerOn(words: Int32Array): void {
    for (const slab of this.#slabs) slab.powerOn(words);
  }

  *open(current: Current, gpu: Gpu, mm: Ptr<"mm_struct">): Run<Ptr<"gpu_vm">> {
    const vm = yield* openVm(current, this.#svm, gpu, mm);
    return vm === NULL ? NULL : hwOf(vm);
  }

  /** Nothing to do: a GPU faults wherever it likes. */
  *bind(): Run<number> {
    return 0;
  }

  *unbind(): Run<void> {}

  handleFault(current: Current, fault: GpuFault): Run<number> {
    return handleSvmFault(current, this.#svm, this.#ops, fault);
  }

  /** The time-out work alone; waiters do not depend on it. */
  work(current: Current): Run<boolean> {
    return tlbInvalTimeouts(current, this.#svm);
  }

  close(current: Current, vm: Ptr<"gpu_vm">): Run<void> {
    return closeVm(current, this.#svm, vmOf(vm));
  }

  *interrupt(current: Current, gpu: Gpu, seqno: number, op: number): Run<void> {
    if (isTlbInvalidation(op)) yield* tlbInvalDone(current, this.#svm.tlbInvals[gpu.index], seqno);
    if (this.#answered !== null) yield* this.#answered(current, gpu, seqno, op);
  }
}
