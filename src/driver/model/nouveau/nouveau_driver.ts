import type { Layout } from "../../../machine/layout.ts";
import type { Run } from "../../../machine/step.ts";
import { embedded, NULL, type Ptr } from "../../../machine/struct.ts";
import type { Gpu } from "../../../device/gpu.ts";
import type { Current } from "../../../kernel/current.ts";
import type { Kernel } from "../../../kernel/kernel.ts";
import { mmuNotifierRegister, mmuNotifierUnregister } from "../../../kernel/mmu_notifier/register.ts";
import type { GpuFault } from "../../driver.ts";
import { FaultOnlyDriver } from "../../parts/fault_only_driver.ts";
import { flushAll } from "../../parts/flush_all.ts";
import { createVm, destroyVm } from "../../parts/vm_lifetime.ts";
import { handleNouveauFault } from "./fault.ts";
import { faultOps, svmmOps } from "./notifiers.ts";
import { hwOf, Nouveau, NouveauSvmm, svmmOf } from "./nouveau.ts";

/**
 * Shared virtual memory as nouveau does it (RULES 24, 74): a classic notifier for the process unmaps, and each fault has an
 * interval notifier for as long as it lasts, only to be told that it is late. Left out: device memory; migrations of its own,
 * which it ignores, come only from who announces some. The specification names no `release`; here it unmaps everything.
 *
 * `nouveau` meets a flaw of the merged core, which counts a range forever that its classic notifier refuses (docs/findings/7);
 * `nouveau-undone` is the same driver on a core without it.
 */
export class NouveauDriver extends FaultOnlyDriver<"nouveau_svmm"> {
  readonly #nouveau: Nouveau;
  /** Numbers of the ops tables of both kinds of notifiers. */
  readonly #svmmOps: number;
  readonly #faultOps: number;

  constructor(name: string, layout: Layout, kernel: Kernel, gpus: readonly Gpu[]) {
    const nouveau = new Nouveau(layout, kernel, gpus);
    super(name, nouveau);
    this.#nouveau = nouveau;
    this.#svmmOps = kernel.notifier.registerOps(svmmOps(nouveau));
    this.#faultOps = kernel.notifier.registerIntervalOps(faultOps);
  }

  *open(current: Current, gpu: Gpu, mm: Ptr<"mm_struct">): Run<Ptr<"gpu_vm">> {
    const ops = this.#svmmOps;
    const svmm = yield* createVm(current, this.#nouveau, gpu, mm, function* (fresh) {
      return (yield* mmuNotifierRegister(current, embedded(fresh, NouveauSvmm.notifier), mm, ops)) === 0;
    });
    return svmm === NULL ? NULL : hwOf(svmm);
  }

  handleFault(current: Current, fault: GpuFault): Run<number> {
    return handleNouveauFault(current, this.#nouveau, this.#faultOps, fault);
  }

  /** Unregistering calls `release`, unless the end of the process has. */
  *close(current: Current, hw: Ptr<"gpu_vm">): Run<void> {
    const svmm = svmmOf(hw);
    yield* mmuNotifierUnregister(current, embedded(svmm, NouveauSvmm.notifier));
    yield* flushAll(current, this.#nouveau, svmm);
    yield* destroyVm(current, this.#nouveau, svmm);
  }
}
