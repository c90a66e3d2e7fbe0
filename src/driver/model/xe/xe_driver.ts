import { read } from "../../../machine/access.ts";
import type { Layout } from "../../../machine/layout.ts";
import type { Run } from "../../../machine/step.ts";
import { embedded, NULL, type Ptr } from "../../../machine/struct.ts";
import { isTlbInvalidation } from "../../../device/command_ring.ts";
import { CMD_PREEMPT, type Gpu } from "../../../device/gpu.ts";
import type { Current } from "../../../kernel/current.ts";
import type { Kernel } from "../../../kernel/kernel.ts";
import { mutexTryLock, mutexUnlock } from "../../../kernel/locking/mutex.ts";
import type { Driver, GpuFault } from "../../driver.ts";
import { tlbInvalDone, tlbInvalTimeout } from "../../parts/tlb_inval.ts";
import { handleXeFault } from "./fault.ts";
import { preemptionDone } from "./preempt_fence.ts";
import { rebindWork } from "./rebind_worker.ts";
import type { XeVariant } from "./variant.ts";
import { bindRange, closeVm, openVm, unbindRange } from "./vm.ts";
import { hwOf, vmOf, Xe, XeGpu, type XeMode } from "./xe.ts";

/**
 * The userptrs of xe: faithful models of Linux 6.18 and 7.1, including what an oracle objects to, and beside them a corrected
 * variant (docs/findings). The designs are in xe/userptr_notifier*.ts. Left out: the GT reset that ends what has timed out (RULES
 * 71), submissions that fail (RULES 55), the injection of invalidations (RULES 57) and all that has to do with more than one
 * tile.
 */
export class XeUserptrDriver implements Driver {
  readonly name: string;
  readonly hasDeferredWork: boolean;
  readonly #xe: Xe;
  /** Number of the notifiers' ops table. */
  readonly #ops: number;

  constructor(name: string, mode: XeMode, variant: XeVariant, layout: Layout, kernel: Kernel, gpus: readonly Gpu[]) {
    this.name = name;
    this.hasDeferredWork = mode === "preempt-fence"; // contexts stand still until the rebind worker has run
    this.#xe = new Xe(layout, kernel, gpus, mode, variant);
    this.#ops = kernel.notifier.registerIntervalOps(variant.userptrOps(this.#xe));
  }

  powerOn(words: Int32Array): void {
    this.#xe.powerOn(words);
  }

  *open(current: Current, gpu: Gpu, mm: Ptr<"mm_struct">): Run<Ptr<"gpu_vm">> {
    const vm = yield* openVm(current, this.#xe, gpu, mm);
    return vm === NULL ? NULL : hwOf(vm);
  }

  bind(current: Current, vm: Ptr<"gpu_vm">, start: number, end: number): Run<number> {
    return bindRange(current, this.#xe, this.#ops, vmOf(vm), start, end);
  }

  unbind(current: Current, vm: Ptr<"gpu_vm">, start: number, end: number): Run<void> {
    return unbindRange(current, this.#xe, vmOf(vm), start, end);
  }

  handleFault(current: Current, fault: GpuFault): Run<number> {
    return handleXeFault(current, this.#xe, fault);
  }

  *work(current: Current): Run<boolean> {
    let any = false;
    for (const tlbInval of this.#xe.tlbInvals) {
      if (yield* tlbInvalTimeout(current, tlbInval)) any = true;
      if (this.#xe.mode === "preempt-fence" && (yield* this.#rebindWork(current, tlbInval.gpu))) any = true;
    }
    return any;
  }

  close(current: Current, vm: Ptr<"gpu_vm">): Run<void> {
    return closeVm(current, this.#xe, vmOf(vm));
  }

  *interrupt(current: Current, gpu: Gpu, seqno: number, op: number): Run<void> {
    if (isTlbInvalidation(op)) yield* tlbInvalDone(current, this.#xe.tlbInvals[gpu.index], seqno);
    else if (op === CMD_PREEMPT) yield* preemptionDone(current, this.#xe, gpu, seqno);
  }

  /** The worker of one GPU runs on one CPU at a time. */
  *#rebindWork(current: Current, gpu: Gpu): Run<boolean> {
    const xeGpu = this.#xe.xeGpus[gpu.index];
    if (!(yield* mutexTryLock(current, embedded(xeGpu, XeGpu.workLock)))) return false;
    const vm = (yield* read(current, xeGpu, XeGpu.vm)) as ReturnType<typeof vmOf>;
    const any = vm !== NULL && (yield* rebindWork(current, this.#xe, vm));
    yield* mutexUnlock(current, embedded(xeGpu, XeGpu.workLock));
    return any;
  }
}
