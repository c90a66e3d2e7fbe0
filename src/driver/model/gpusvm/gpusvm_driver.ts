import type { Run } from "../../../machine/step.ts";
import { NULL, type Ptr } from "../../../machine/struct.ts";
import type { Gpu } from "../../../device/gpu.ts";
import type { Current } from "../../../kernel/current.ts";
import type { MmuIntervalNotifierOps } from "../../../kernel/mmu_notifier/types.ts";
import type { GpuFault } from "../../driver.ts";
import { FaultOnlyDriver, type PowerOn } from "../../parts/fault_only_driver.ts";
import { handleGpusvmFault } from "./fault.ts";
import { hwOf, vmOf, type Gpusvm } from "./gpusvm.ts";
import { closeVm, collectorWork, openVm } from "./vm.ts";

/** A design of GPU SVM: everything but how it answers an invalidation. */
export class GpusvmDriver extends FaultOnlyDriver<"gpusvm_vm"> {
  readonly #gpusvm: Gpusvm;
  /** Number of the notifiers' ops table. */
  readonly #ops: number;

  /** @param more of the design's own that has to be powered on */
  constructor(name: string, gpusvm: Gpusvm, ops: MmuIntervalNotifierOps, more: readonly PowerOn[] = []) {
    super(name, gpusvm, more);
    this.#gpusvm = gpusvm;
    this.#ops = gpusvm.kernel.notifier.registerIntervalOps(ops);
  }

  *open(current: Current, gpu: Gpu, mm: Ptr<"mm_struct">): Run<Ptr<"gpu_vm">> {
    const vm = yield* openVm(current, this.#gpusvm, gpu, mm);
    return vm === NULL ? NULL : hwOf(vm);
  }

  handleFault(current: Current, fault: GpuFault): Run<number> {
    return handleGpusvmFault(current, this.#gpusvm, this.#ops, fault);
  }

  /** Nobody waits for it: faults collect garbage themselves, and waiters look at the time. */
  override *work(current: Current): Run<boolean> {
    const hasCollected = yield* collectorWork(current, this.#gpusvm);
    return (yield* super.work(current)) || hasCollected;
  }

  close(current: Current, vm: Ptr<"gpu_vm">): Run<void> {
    return closeVm(current, this.#gpusvm, vmOf(vm));
  }
}
