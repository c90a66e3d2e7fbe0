import type { Layout } from "../machine/layout.ts";
import type { Gpu } from "../device/gpu.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { finishAtRangeEndCore } from "../kernel/mmu_notifier/finish_at_range_end.ts";
import { nPassListCore } from "../kernel/mmu_notifier/n_pass_list.ts";
import { nPassOwnCore } from "../kernel/mmu_notifier/n_pass_own.ts";
import { passCounterCore } from "../kernel/mmu_notifier/pass_counter.ts";
import type { NotifierPasses } from "../kernel/mmu_notifier/passes.ts";
import { startEndCore } from "../kernel/mmu_notifier/start_end.ts";
import { twoPassCore } from "../kernel/mmu_notifier/two_pass.ts";
import { twoPassUndoneCore } from "../kernel/mmu_notifier/two_pass_undone.ts";
import { amdgpu, amdgpuPartitions } from "./model/amdgpu/amdgpu_driver.ts";
import type { Driver } from "./driver.ts";
import { gpusvm } from "./model/gpusvm/one_pass.ts";
import { gpusvmTwoPass } from "./model/gpusvm/two_pass.ts";
import { gpusvmTwoPassChecked } from "./model/gpusvm/two_pass_checked.ts";
import { KvmDriver } from "./model/kvm/kvm_driver.ts";
import { MixedDriver } from "./mixed.ts";
import { lockAcrossPasses, lockAcrossPassesPerNotifier } from "./argued/lock_across_passes.ts";
import { multiplexed } from "./argued/multiplexed.ts";
import { nPass, nPassOwn } from "./argued/n_pass.ts";
import { nPass2, nPass3, nPass3Own } from "./argued/n_pass_3.ts";
import { NouveauDriver } from "./model/nouveau/nouveau_driver.ts";
import { FINISH_KINDS, type DriverOptions, type FinishKind } from "./options.ts";
import { passCounter } from "./argued/pass_counter.ts";
import { passCounterSeqno } from "./argued/pass_counter_seqno.ts";
import { singlePass } from "./argued/single_pass.ts";
import { startEnd } from "./argued/start_end.ts";
import { twoPass } from "./argued/two_pass.ts";
import { before, joined, merged } from "./model/xe/variant.ts";
import { XeUserptrDriver } from "./model/xe/xe_driver.ts";

/** Makes a driver for all GPUs, with its structures placed in `layout`. */
export interface DriverFactory {
  (options: DriverOptions, layout: Layout, kernel: Kernel, gpus: readonly Gpu[]): Driver;
  /** The notifier core that its callbacks are written for. None: they have a single pass, and any core will do. */
  readonly passes?: NotifierPasses;
  /** Between which sources of finish objects one can choose. None: it has no such objects, or a source of its own. */
  readonly finishes?: readonly FinishKind[];
}

const BUILT_IN: Record<string, DriverFactory> = {
  "two-pass": on(twoPassCore, twoPass, FINISH_KINDS),
  "single-pass": (_options, layout, kernel, gpus) => singlePass(layout, kernel, gpus),
  "xe-userptr": on(
    twoPassCore,
    (_options, layout, kernel, gpus) => new XeUserptrDriver("xe-userptr", "fault", merged, layout, kernel, gpus),
  ),
  "xe-userptr-preempt": on(
    twoPassCore,
    (_options, layout, kernel, gpus) => new XeUserptrDriver("xe-userptr-preempt", "preempt-fence", merged, layout, kernel, gpus),
  ),
  "xe-userptr-6.18": (_options, layout, kernel, gpus) =>
    new XeUserptrDriver("xe-userptr-6.18", "fault", before, layout, kernel, gpus),
  gpusvm: (_options, layout, kernel, gpus) => gpusvm(layout, kernel, gpus),
  "gpusvm-two-pass": on(twoPassCore, gpusvmTwoPass, ["nowait"]),
  "gpusvm-two-pass-checked": on(twoPassCore, gpusvmTwoPassChecked, ["nowait"]),
  kvm: (_options, layout, kernel, gpus) => new KvmDriver(layout, kernel, gpus),
  nouveau: (_options, layout, kernel, gpus) => new NouveauDriver("nouveau", layout, kernel, gpus),
  "nouveau-undone": on(
    twoPassUndoneCore,
    (_options, layout, kernel, gpus) => new NouveauDriver("nouveau-undone", layout, kernel, gpus),
  ),
  amdgpu: (_options, layout, kernel, gpus) => amdgpu(layout, kernel, gpus),
  "amdgpu-partitions": (_options, layout, kernel, gpus) => amdgpuPartitions(layout, kernel, gpus),
  "xe-userptr-joined": on(
    twoPassCore,
    (_options, layout, kernel, gpus) => new XeUserptrDriver("xe-userptr-joined", "fault", joined, layout, kernel, gpus),
  ),
  "n-pass": on(nPassListCore, nPass, FINISH_KINDS),
  "n-pass-2": on(nPassListCore, nPass2, FINISH_KINDS),
  "n-pass-3": on(nPassListCore, nPass3, FINISH_KINDS),
  "n-pass-own": on(nPassOwnCore, nPassOwn, FINISH_KINDS),
  "n-pass-3-own": on(nPassOwnCore, nPass3Own, FINISH_KINDS),
  "pass-counter": on(passCounterCore, (_options, layout, kernel, gpus) => passCounter(layout, kernel, gpus)),
  "pass-counter-seqno": on(passCounterCore, (_options, layout, kernel, gpus) => passCounterSeqno(layout, kernel, gpus)),
  "start-end": on(startEndCore, (_options, layout, kernel, gpus) => startEnd(layout, kernel, gpus)),
  multiplexed: (_options, layout, kernel, gpus) => multiplexed(layout, kernel, gpus),
  "lock-across-passes": on(twoPassCore, lockAcrossPasses, FINISH_KINDS),
  "lock-across-passes-per-notifier": on(twoPassCore, lockAcrossPassesPerNotifier, FINISH_KINDS),
  "finish-at-range-end": on(finishAtRangeEndCore, (...args) => twoPass(...args, "finish-at-range-end"), FINISH_KINDS),
};

const catalogue = new Map(Object.entries(BUILT_IN));

/** Names of the drivers that are built in, the default first. */
export const DRIVER_NAMES: readonly string[] = Object.keys(BUILT_IN);

/** Add a driver of the user's, written for the notifier core `passes`; on each thread, before its machine is built. */
export function registerDriver(name: string, factory: DriverFactory, passes = factory.passes): void {
  catalogue.set(name, passes === undefined ? factory : on(passes, factory));
}

/**
 * The designs that a name stands for: itself, or in a mixture those of all its drivers, separated by commas
 * (`xe-userptr,single-pass`).
 */
export function designsIn(name: string): readonly string[] {
  return catalogue.has(name) ? [name] : name.split(",");
}

/** The sources of finish objects between which one can choose with the driver or the mixture of this name. */
export function finishesOf(name: string): readonly FinishKind[] {
  return designsIn(name).flatMap((design) => factoryOf(design).finishes ?? []);
}

/**
 * The notifier core to build a kernel with for the driver or the mixture of this name.
 *
 * @throws RangeError if there is no such driver, or those of a mixture need different cores
 */
export function passesFor(name: string): NotifierPasses {
  const needs = designsIn(name).flatMap((design) => {
    const { passes } = factoryOf(design);
    return passes === undefined ? [] : [{ design, passes }];
  });
  if (needs.length === 0) return twoPassCore;
  const suitable = needs.find((candidate) => needs.every(({ passes }) => serves(candidate.passes, passes)));
  if (suitable !== undefined) return suitable.passes;
  const other = needs.find(({ passes }) => passes !== needs[0].passes)!;
  throw new RangeError(
    `driver: a kernel has one notifier core: ${needs[0].design} needs ${needs[0].passes.name}, ${other.design} needs ${other.passes.name}`,
  );
}

/** Can a driver that is written for the core `wanted` have `passes`? */
function serves(passes: NotifierPasses, wanted: NotifierPasses): boolean {
  return passes === wanted || passes.inPlaceOf === wanted;
}

/**
 * The driver of this name, one for all GPUs, with its structures placed in `layout`.
 *
 * @throws RangeError if there is none, or the kernel has another notifier core than it needs
 */
export function createDriver(name: string, options: DriverOptions, kernel: Kernel, gpus: readonly Gpu[], layout: Layout): Driver {
  const designs = designsIn(name);
  if (designs.length > 1) {
    return new MixedDriver(designs, gpus.length, (design) => createDriver(design, options, kernel, gpus, layout));
  }
  const factory = factoryOf(name);
  const { passes } = kernel.notifier;
  if (factory.passes !== undefined && !serves(passes, factory.passes)) {
    throw new RangeError(`driver: ${name} needs the notifier core ${factory.passes.name}, the kernel has ${passes.name}`);
  }
  return factory(options, layout, kernel, gpus);
}

function factoryOf(name: string): DriverFactory {
  const factory = catalogue.get(name);
  if (factory === undefined) throw new RangeError(`driver: no such design: ${name}`);
  return factory;
}

/** A factory whose driver is written for the notifier core `passes`. */
function on(passes: NotifierPasses, factory: DriverFactory, finishes: readonly FinishKind[] = []): DriverFactory {
  const make: DriverFactory = (...args) => factory(...args);
  return Object.assign(make, { passes, finishes });
}
