import type { Run } from "../../../machine/step.ts";
import { NULL, type Ptr } from "../../../machine/struct.ts";
import type { Gpu } from "../../../device/gpu.ts";
import type { Current } from "../../../kernel/current.ts";
import type { MmuIntervalNotifierOps } from "../../../kernel/mmu_notifier/types.ts";
import type { GpuFault } from "../../driver.ts";
import { FaultOnlyDriver, type PowerOn } from "../../parts/fault_only_driver.ts";
import { handleSvmFault } from "./fault.ts";
import { hwOf, vmOf, type Svm } from "./svm.ts";
import { closeVm, openVm } from "./vm.ts";

/** Interrupt: the GPU answered request `seqno` of kind `op`, and if it was a TLB invalidation its waiters have been told. */
type Answered = (current: Current, gpu: Gpu, seqno: number, op: number) => Run<void>;

/** A design of shared virtual memory: everything but how it answers an invalidation. */
export class SvmDriver extends FaultOnlyDriver<"svm_vm"> {
  readonly #svm: Svm;
  readonly #answered: Answered | null;
  /** Number of the notifiers' ops table. */
  readonly #ops: number;

  /**
   * @param more of the design's own that has to be powered on
   * @param answered what else the design has to do in an interrupt
   */
  constructor(
    name: string,
    svm: Svm,
    ops: MmuIntervalNotifierOps,
    more: readonly PowerOn[] = [],
    answered: Answered | null = null,
  ) {
    super(name, svm, more);
    this.#answered = answered;
    this.#svm = svm;
    this.#ops = svm.kernel.notifier.registerIntervalOps(ops);
  }

  *open(current: Current, gpu: Gpu, mm: Ptr<"mm_struct">): Run<Ptr<"gpu_vm">> {
    const vm = yield* openVm(current, this.#svm, gpu, mm);
    return vm === NULL ? NULL : hwOf(vm);
  }

  handleFault(current: Current, fault: GpuFault): Run<number> {
    return handleSvmFault(current, this.#svm, this.#ops, fault);
  }

  close(current: Current, vm: Ptr<"gpu_vm">): Run<void> {
    return closeVm(current, this.#svm, vmOf(vm));
  }

  override *interrupt(current: Current, gpu: Gpu, seqno: number, op: number): Run<void> {
    yield* super.interrupt(current, gpu, seqno, op);
    if (this.#answered !== null) yield* this.#answered(current, gpu, seqno, op);
  }
}
