import { read } from "../../../machine/access.ts";
import type { Layout } from "../../../machine/layout.ts";
import { Slab } from "../../../machine/slab.ts";
import type { Run } from "../../../machine/step.ts";
import { containerOf, embedded, struct, u32, type Ptr } from "../../../machine/struct.ts";
import type { Task } from "../../../machine/task.ts";
import { GpuVm, type Gpu } from "../../../device/gpu.ts";
import type { Current } from "../../../kernel/current.ts";
import type { Kernel } from "../../../kernel/kernel.ts";
import { Mutex } from "../../../kernel/locking/mutex.ts";
import { MmuIntervalNotifier, MmuNotifier } from "../../../kernel/mmu_notifier/structs.ts";
import { gpuPtZap } from "../../parts/gpu_page_table.ts";
import { StackFences } from "../../parts/stack_fences.ts";
import { TlbInval, tlbInvalIssueRange, tlbInvalWaitFlushed } from "../../parts/tlb_inval.ts";

/** The structures of the nouveau model. */

const VMS_PER_GPU = 4;

/** An address space of a GPU, and the classic notifier that watches the whole process for it. */
export const NouveauSvmm = struct("nouveau_svmm", {
  hw: GpuVm,
  gpu: u32,
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
export class Nouveau {
  readonly kernel: Kernel;
  readonly gpus: readonly Gpu[];
  readonly tlbInvals: readonly TlbInval[];
  readonly svmms: Slab<"nouveau_svmm">;
  readonly stackFences: StackFences;
  readonly #faults: Ptr<"nouveau_fault">;

  constructor(layout: Layout, kernel: Kernel, gpus: readonly Gpu[]) {
    this.kernel = kernel;
    this.gpus = gpus;
    this.tlbInvals = gpus.map((gpu) => new TlbInval(layout, gpu));
    this.svmms = new Slab(layout, NouveauSvmm, gpus.length * VMS_PER_GPU);
    this.stackFences = new StackFences(layout, kernel.config.tasks);
    this.#faults = layout.place(NouveauFault, "nouveau_fault", kernel.config.tasks + 1);
  }

  /** The GPU that works in `svmm`; set once, before anybody else knows it. */
  gpuOf(task: Task, svmm: Ptr<"nouveau_svmm">): Gpu {
    return this.gpus[task.words[svmm + NouveauSvmm.gpu]];
  }

  tlbInvalOf(task: Task, svmm: Ptr<"nouveau_svmm">): TlbInval {
    return this.tlbInvals[task.words[svmm + NouveauSvmm.gpu]];
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
