import { read } from "../../../machine/access.ts";
import type { Layout } from "../../../machine/layout.ts";
import type { Run } from "../../../machine/step.ts";
import { containerOf, embedded, struct, u32, type Ptr } from "../../../machine/struct.ts";
import type { Task } from "../../../machine/task.ts";
import { GpuVm, type Gpu } from "../../../device/gpu.ts";
import type { Current } from "../../../kernel/current.ts";
import type { Kernel } from "../../../kernel/kernel.ts";
import { Mutex } from "../../../kernel/locking/mutex.ts";
import { MmuIntervalNotifier, MmuNotifier } from "../../../kernel/mmu_notifier/structs.ts";
import { gpuPtZap } from "../../parts/gpu_page_table.ts";
import { tlbInvalIssueRange, tlbInvalWaitFlushed } from "../../parts/tlb_inval.ts";
import { FencedVmTable } from "../../parts/vm_table.ts";

/** The structures of the nouveau model. */

/** An address space of a GPU, and the classic notifier that watches the whole process for it. */
export const NouveauSvmm = struct("nouveau_svmm", {
  hw: GpuVm,
  mm: u32,
  notifier: MmuNotifier,
  /** The user lock (RULES b 8'): the page table, and the numbers of the faults' notifiers. */
  mutex: Mutex,
});

/** What a fault has on its stack: a notifier that watches the page it looks up, for as long as it does. */
export const NouveauFault = struct("nouveau_fault", {
  notifier: MmuIntervalNotifier,
  svmm: u32,
});

/** Where everything is. */
export class Nouveau extends FencedVmTable<"nouveau_svmm"> {
  readonly #faults: Ptr<"nouveau_fault">;

  constructor(layout: Layout, kernel: Kernel, gpus: readonly Gpu[]) {
    super(layout, kernel, gpus, NouveauSvmm);
    this.#faults = layout.place(NouveauFault, "nouveau_fault", kernel.config.tasks + 1);
  }

  /** What is on this task's stack. */
  faultOf(task: Task): Ptr<"nouveau_fault"> {
    return (this.#faults + task.id * NouveauFault.words) as Ptr<"nouveau_fault">;
  }
}

/** Unmap from the GPU and wait until its TLB is flushed. Under the mutex to the end (RULES 21). */
export function* unmapRange(
  current: Current,
  nouveau: Nouveau,
  svmm: Ptr<"nouveau_svmm">,
  start: number,
  end: number,
): Run<void> {
  if (!(yield* gpuPtZap(current, nouveau.gpuOf(current, svmm), hwOf(svmm), start, end))) return;
  const asid = yield* read(current, hwOf(svmm), GpuVm.asid);
  const tlbInval = nouveau.tlbInvalOf(current, svmm);
  const fence = nouveau.stackFences.of(current);
  yield* tlbInvalIssueRange(current, tlbInval, fence, asid, start, end);
  yield* tlbInvalWaitFlushed(current, tlbInval, fence, asid);
}

/** The hardware's part of an address space. */
export function hwOf(svmm: Ptr<"nouveau_svmm">): Ptr<"gpu_vm"> {
  return embedded(svmm, NouveauSvmm.hw);
}

export function svmmOf(hw: Ptr<"gpu_vm">): Ptr<"nouveau_svmm"> {
  return containerOf(hw, NouveauSvmm.hw);
}
