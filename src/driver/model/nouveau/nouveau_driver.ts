import { init, read, readPtr } from "../../../machine/access.ts";
import type { Layout } from "../../../machine/layout.ts";
import { GFP_KERNEL } from "../../../machine/slab.ts";
import type { Run } from "../../../machine/step.ts";
import { embedded, NULL, type Ptr } from "../../../machine/struct.ts";
import { trace } from "../../../machine/tracepoint.ts";
import { isTlbInvalidation } from "../../../device/command_ring.ts";
import { GpuVm, type Gpu } from "../../../device/gpu.ts";
import type { Current } from "../../../kernel/current.ts";
import type { Kernel } from "../../../kernel/kernel.ts";
import { mmdrop, mmgrab } from "../../../kernel/mm/mm_count.ts";
import { mmuNotifierRegister, mmuNotifierUnregister } from "../../../kernel/mmu_notifier/register.ts";
import type { Driver, GpuFault } from "../../driver.ts";
import { gpuPtCreate, gpuPtDestroy } from "../../parts/gpu_page_table.ts";
import { handleNouveauFault } from "./fault.ts";
import { faultOps, svmmOps } from "./notifiers.ts";
import { hwOf, Nouveau, NouveauSvmm, svmmOf } from "./nouveau.ts";
import { tlbInvalDone, tlbInvalIssueAll, tlbInvalTimeout, tlbInvalWaitFlushed } from "../../parts/tlb_inval.ts";
import { driverEvents } from "../../tracepoints.ts";

/**
 * Shared virtual memory as nouveau does it (RULES 24, 74): a classic notifier for the process unmaps, and each fault has an interval
 * notifier for as long as it lasts, only to be told that it is late. Left out: device memory; migrations of its own, which it ignores, come
 * only from who announces some. The specification names no `release`; here it unmaps everything.
 *
 * `nouveau` meets a flaw of the merged core, which counts a range for ever that its classic notifier refuses (docs/findings/7);
 * `nouveau-undone` is the same driver on a core without it.
 */
export class NouveauDriver implements Driver {
  readonly name: string;
  readonly hasDeferredWork = false;
  readonly #nouveau: Nouveau;
  /** Numbers of the ops tables of both kinds of notifiers. */
  readonly #svmmOps: number;
  readonly #faultOps: number;

  constructor(name: string, layout: Layout, kernel: Kernel, gpus: readonly Gpu[]) {
    this.name = name;
    this.#nouveau = new Nouveau(layout, kernel, gpus);
    this.#svmmOps = kernel.notifier.registerOps(svmmOps(this.#nouveau));
    this.#faultOps = kernel.notifier.registerIntervalOps(faultOps);
  }

  powerOn(words: Int32Array): void {
    this.#nouveau.svmms.powerOn(words);
  }

  *open(current: Current, gpu: Gpu, mm: Ptr<"mm_struct">): Run<Ptr<"gpu_vm">> {
    const { svmms } = this.#nouveau;
    const svmm = yield* svmms.alloc(current, GFP_KERNEL);
    if (svmm === NULL) return NULL;
    const asid = svmms.indexOf(svmm) + 1;
    init(current, hwOf(svmm), GpuVm.asid, asid);
    init(current, svmm, NouveauSvmm.gpu, gpu.index);
    init(current, svmm, NouveauSvmm.mm, mm);
    const hasTable = (yield* gpuPtCreate(current, hwOf(svmm))) === 0;
    if (hasTable && (yield* mmuNotifierRegister(current, embedded(svmm, NouveauSvmm.notifier), mm, this.#svmmOps)) === 0) {
      yield* mmgrab(current, mm);
      trace(current, driverEvents.vmOpen, gpu.index, hwOf(svmm), mm, asid);
      return hwOf(svmm);
    }
    if (hasTable) yield* gpuPtDestroy(current, gpu, hwOf(svmm));
    yield* svmms.free(current, svmm);
    return NULL;
  }

  /** Nothing to do: a GPU faults wherever it likes. */
  *bind(): Run<number> {
    return 0;
  }

  *unbind(): Run<void> {}

  handleFault(current: Current, fault: GpuFault): Run<number> {
    return handleNouveauFault(current, this.#nouveau, this.#faultOps, fault);
  }

  /** The time-out work alone; waiters do not depend on it. */
  *work(current: Current): Run<boolean> {
    let any = false;
    for (const tlbInval of this.#nouveau.tlbInvals) {
      if (yield* tlbInvalTimeout(current, tlbInval)) any = true;
    }
    return any;
  }

  /** Unregistering calls `release`, unless the end of the process has. */
  *close(current: Current, hw: Ptr<"gpu_vm">): Run<void> {
    const svmm = svmmOf(hw);
    const gpu = this.#nouveau.gpuOf(current, svmm);
    yield* mmuNotifierUnregister(current, embedded(svmm, NouveauSvmm.notifier));
    const asid = yield* read(current, hw, GpuVm.asid);
    const tlbInval = this.#nouveau.tlbInvalOf(current, svmm);
    const fence = this.#nouveau.stackFences.of(current);
    yield* tlbInvalIssueAll(current, tlbInval, fence, asid); // before the tables go (RULES I28)
    yield* tlbInvalWaitFlushed(current, tlbInval, fence, asid);
    trace(current, driverEvents.vmClose, gpu.index, hw);
    yield* gpuPtDestroy(current, gpu, hw);
    yield* mmdrop(current, yield* readPtr(current, svmm, NouveauSvmm.mm));
    yield* this.#nouveau.svmms.free(current, svmm);
  }

  *interrupt(current: Current, gpu: Gpu, seqno: number, op: number): Run<void> {
    if (isTlbInvalidation(op)) yield* tlbInvalDone(current, this.#nouveau.tlbInvals[gpu.index], seqno);
  }
}
