import { finishAtRangeEndCore } from "../kernel/mmu_notifier/finish_at_range_end.ts";
import { nPassListCore } from "../kernel/mmu_notifier/n_pass_list.ts";
import { nPassOwnCore } from "../kernel/mmu_notifier/n_pass_own.ts";
import { passCounterCore } from "../kernel/mmu_notifier/pass_counter.ts";
import { startEndCore } from "../kernel/mmu_notifier/start_end.ts";
import { twoPassCore } from "../kernel/mmu_notifier/two_pass.ts";
import { twoPassUndoneCore } from "../kernel/mmu_notifier/two_pass_undone.ts";
import { amdgpu, AmdgpuDevice, amdgpuPartitions } from "./model/amdgpu/amdgpu_driver.ts";
import { gpusvm } from "./model/gpusvm/one_pass.ts";
import { gpusvmTwoPass } from "./model/gpusvm/two_pass.ts";
import { gpusvmTwoPassChecked } from "./model/gpusvm/two_pass_checked.ts";
import { GpusvmVm } from "./model/gpusvm/gpusvm.ts";
import { KvmVm } from "./model/kvm/kvm.ts";
import { KvmDriver } from "./model/kvm/kvm_driver.ts";
import { lockAcrossPasses, lockAcrossPassesPerNotifier } from "./argued/lock_across_passes.ts";
import { multiplexed } from "./argued/multiplexed.ts";
import { nPass, nPassOwn } from "./argued/n_pass.ts";
import { nPass2, nPass3, nPass3Own } from "./argued/n_pass_3.ts";
import { NouveauSvmm } from "./model/nouveau/nouveau.ts";
import { NouveauDriver } from "./model/nouveau/nouveau_driver.ts";
import { lockClass, type Design, type OwnDesign, type Soundness } from "./design.ts";
import { FINISH_KINDS, type FinishKind } from "./options.ts";
import { passCounter } from "./argued/pass_counter.ts";
import { passCounterSeqno } from "./argued/pass_counter_seqno.ts";
import { SvmProcess } from "./argued/svm/process.ts";
import { SvmChunk, SvmVm } from "./argued/svm/svm.ts";
import { singlePass } from "./argued/single_pass.ts";
import { startEnd } from "./argued/start_end.ts";
import { twoPass } from "./argued/two_pass.ts";
import { before, joined, merged } from "./model/xe/variant.ts";
import { XeVm } from "./model/xe/xe.ts";
import { XeUserptrDriver } from "./model/xe/xe_driver.ts";

const SOUND: Soundness = { kind: "sound" };

/** All designs that are built in, the default first. A new one is a record here, and a file. */
export const DESIGNS: readonly Design[] = [
  {
    name: "two-pass",
    summary: "our own: start zaps and sends the flush, finish waits",
    kind: "argued",
    soundness: SOUND,
    core: twoPassCore,
    finishes: FINISH_KINDS,
    userLock: lockClass(SvmVm, SvmVm.notifierLock),
    create: twoPass,
  },
  {
    name: "single-pass",
    summary: "everything in one callback under the user lock",
    kind: "argued",
    soundness: SOUND,
    userLock: lockClass(SvmVm, SvmVm.notifierLock),
    create: (_options, layout, kernel, gpus) => singlePass(layout, kernel, gpus),
  },
  {
    name: "xe-userptr",
    summary: "Linux 7.1's xe userptr, fault mode, to the letter: has findings",
    kind: "model",
    soundness: { kind: "finding", numbers: [1, 2] },
    core: twoPassCore,
    userLock: lockClass(XeVm, XeVm.notifierLock),
    create: (_options, layout, kernel, gpus) => new XeUserptrDriver("xe-userptr", "fault", merged, layout, kernel, gpus),
  },
  {
    name: "xe-userptr-preempt",
    summary: "the same with preempt fences instead of faults",
    kind: "model",
    soundness: SOUND,
    needs: ["rebind", "timely-answers"],
    core: twoPassCore,
    userLock: lockClass(XeVm, XeVm.notifierLock),
    create: (_options, layout, kernel, gpus) =>
      new XeUserptrDriver("xe-userptr-preempt", "preempt-fence", merged, layout, kernel, gpus),
  },
  {
    name: "xe-userptr-6.18",
    summary: "xe userptr before two passes: one, under the notifier lock",
    kind: "model",
    soundness: SOUND,
    needs: ["timely-answers"],
    userLock: lockClass(XeVm, XeVm.notifierLock),
    create: (_options, layout, kernel, gpus) => new XeUserptrDriver("xe-userptr-6.18", "fault", before, layout, kernel, gpus),
  },
  {
    name: "gpusvm",
    summary: "GPU SVM as merged: one pass, ranges in few big notifiers",
    kind: "model",
    soundness: SOUND,
    needs: ["timely-answers"],
    userLock: lockClass(GpusvmVm, GpusvmVm.notifierLock),
    create: (_options, layout, kernel, gpus) => gpusvm(layout, kernel, gpus),
  },
  {
    name: "gpusvm-two-pass",
    summary: "GPU SVM in two passes as posted in 2025: unsound, has a finding",
    kind: "model",
    soundness: { kind: "finding", numbers: [1, 2, 6] },
    core: twoPassCore,
    finishes: ["nowait"],
    userLock: lockClass(GpusvmVm, GpusvmVm.notifierLock),
    create: gpusvmTwoPass,
  },
  {
    name: "gpusvm-two-pass-checked",
    summary: "the same corrected: commits ask read_retry, flushes are joined",
    kind: "model",
    soundness: SOUND,
    core: twoPassCore,
    finishes: ["nowait"],
    userLock: lockClass(GpusvmVm, GpusvmVm.notifierLock),
    create: gpusvmTwoPassChecked,
  },
  {
    name: "kvm",
    summary: "a classic notifier with a sequence count of its own, as KVM has",
    kind: "model",
    soundness: SOUND,
    userLock: lockClass(KvmVm, KvmVm.mmuLock),
    create: (_options, layout, kernel, gpus) => new KvmDriver(layout, kernel, gpus),
  },
  {
    name: "nouveau",
    summary: "a classic notifier unmaps, faults have interval ones: has a finding",
    kind: "model",
    soundness: { kind: "finding", numbers: [7] },
    userLock: lockClass(NouveauSvmm, NouveauSvmm.mutex),
    create: (_options, layout, kernel, gpus) => new NouveauDriver("nouveau", layout, kernel, gpus),
  },
  {
    name: "nouveau-undone",
    summary: "the same on a core that undoes a range which is refused",
    kind: "model",
    soundness: SOUND,
    core: twoPassUndoneCore,
    userLock: lockClass(NouveauSvmm, NouveauSvmm.mutex),
    create: (_options, layout, kernel, gpus) => new NouveauDriver("nouveau-undone", layout, kernel, gpus),
  },
  {
    name: "amdgpu",
    summary: "graphics userptrs: waits for all jobs under a lock of the device",
    kind: "model",
    soundness: SOUND,
    needs: ["rebind"],
    userLock: lockClass(AmdgpuDevice, AmdgpuDevice.notifierLock),
    create: (_options, layout, kernel, gpus) => amdgpu(layout, kernel, gpus),
  },
  {
    name: "amdgpu-partitions",
    summary: "the same if all GPUs are partitions of one device",
    kind: "model",
    soundness: SOUND,
    needs: ["rebind"],
    userLock: lockClass(AmdgpuDevice, AmdgpuDevice.notifierLock),
    create: (_options, layout, kernel, gpus) => amdgpuPartitions(layout, kernel, gpus),
  },
  {
    name: "xe-userptr-joined",
    summary: "xe-userptr with its findings corrected",
    kind: "model",
    soundness: SOUND,
    core: twoPassCore,
    userLock: lockClass(XeVm, XeVm.notifierLock),
    create: (_options, layout, kernel, gpus) => new XeUserptrDriver("xe-userptr-joined", "fault", joined, layout, kernel, gpus),
  },
  {
    name: "n-pass",
    summary: "the RFC's list of passes in round robin, two stages",
    kind: "argued",
    soundness: SOUND,
    core: nPassListCore,
    finishes: FINISH_KINDS,
    userLock: lockClass(SvmVm, SvmVm.notifierLock),
    create: nPass,
  },
  {
    name: "n-pass-2",
    summary: "the same with two that preempt: preempt; zap, flush and wait",
    kind: "argued",
    soundness: SOUND,
    core: nPassListCore,
    finishes: FINISH_KINDS,
    userLock: lockClass(SvmVm, SvmVm.notifierLock),
    create: nPass2,
  },
  {
    name: "n-pass-3",
    summary: "the same with three: preempt; zap and flush; wait",
    kind: "argued",
    soundness: SOUND,
    core: nPassListCore,
    finishes: FINISH_KINDS,
    userLock: lockClass(SvmVm, SvmVm.notifierLock),
    create: nPass3,
  },
  {
    name: "n-pass-own",
    summary: "two stages, carried out as soon as each is ready",
    kind: "argued",
    soundness: SOUND,
    core: nPassOwnCore,
    finishes: FINISH_KINDS,
    userLock: lockClass(SvmVm, SvmVm.notifierLock),
    create: nPassOwn,
  },
  {
    name: "n-pass-3-own",
    summary: "three stages, likewise",
    kind: "argued",
    soundness: SOUND,
    core: nPassOwnCore,
    finishes: FINISH_KINDS,
    userLock: lockClass(SvmVm, SvmVm.notifierLock),
    create: nPass3Own,
  },
  {
    name: "pass-counter",
    summary: "a pass counter, one fence in each notifier: unsound, has a finding",
    kind: "argued",
    soundness: { kind: "finding", numbers: [3] },
    core: passCounterCore,
    userLock: lockClass(SvmVm, SvmVm.notifierLock),
    create: (_options, layout, kernel, gpus) => passCounter(layout, kernel, gpus),
  },
  {
    name: "pass-counter-seqno",
    summary: "the same with a number in place of the fence",
    kind: "argued",
    soundness: SOUND,
    core: passCounterCore,
    userLock: lockClass(SvmVm, SvmVm.notifierLock),
    create: (_options, layout, kernel, gpus) => passCounterSeqno(layout, kernel, gpus),
  },
  {
    name: "start-end",
    summary: "start and end callbacks, the tree walked for each",
    kind: "argued",
    soundness: SOUND,
    core: startEndCore,
    userLock: lockClass(SvmVm, SvmVm.notifierLock),
    create: (_options, layout, kernel, gpus) => startEnd(layout, kernel, gpus),
  },
  {
    name: "multiplexed",
    summary: "one notifier and one lock for all GPUs of the driver, in one pass",
    kind: "argued",
    soundness: SOUND,
    userLock: lockClass(SvmProcess, SvmProcess.watcher, SvmVm.notifierLock),
    create: (_options, layout, kernel, gpus) => multiplexed(layout, kernel, gpus),
  },
  {
    name: "lock-across-passes",
    summary: "user lock held from start to finish: deadlocks, has a finding",
    kind: "argued",
    soundness: { kind: "finding", numbers: [4] },
    core: twoPassCore,
    finishes: FINISH_KINDS,
    userLock: lockClass(SvmVm, SvmVm.notifierLock),
    create: lockAcrossPasses,
  },
  {
    name: "lock-across-passes-per-notifier",
    summary: "the same with a lock for each notifier",
    kind: "argued",
    soundness: { kind: "finding", numbers: [4] },
    core: twoPassCore,
    finishes: FINISH_KINDS,
    userLock: lockClass(SvmChunk, SvmChunk.lock),
    create: lockAcrossPassesPerNotifier,
  },
  {
    name: "finish-at-range-end",
    summary: "two passes, the second at range_end: wrong, as a control",
    kind: "control",
    soundness: { kind: "wrong" },
    core: finishAtRangeEndCore,
    finishes: FINISH_KINDS,
    userLock: lockClass(SvmVm, SvmVm.notifierLock),
    create: (...args) => twoPass(...args, "finish-at-range-end"),
  },
];

/**
 * Designs whose GPUs are hunted through in one process too: a classic notifier beside interval notifiers, one pass beside two,
 * one number beside another.
 */
export const SOUND_MIXTURES: readonly string[] = ["xe-userptr-joined,kvm", "nouveau-undone,gpusvm", "amdgpu,multiplexed"];

/** Names of the drivers that are built in, the default first. */
export const DRIVER_NAMES: readonly string[] = DESIGNS.map(({ name }) => name);

/** Names of those that are meant to be right. */
export const SOUND_DESIGNS: readonly string[] = DESIGNS.filter(({ soundness }) => soundness.kind === "sound").map(
  ({ name }) => name,
);

const catalogue = new Map(DESIGNS.map((design) => [design.name, design]));

/** Add a design of the user's; on each thread, before its machine is built. Nothing is known of its soundness. */
export function registerDesign(name: string, own: OwnDesign): void {
  catalogue.set(name, { summary: "", kind: "argued", ...own, name, soundness: { kind: "unknown" } });
}

/**
 * The designs that a name stands for: itself, or in a mixture those of all its drivers, separated by commas
 * (`xe-userptr,single-pass`).
 */
export function designNamesIn(name: string): readonly string[] {
  return catalogue.has(name) ? [name] : name.split(",");
}

/**
 * The same, as records.
 *
 * @throws RangeError if there is no such driver
 */
export function designsIn(name: string): readonly Design[] {
  return designNamesIn(name).map(designOf);
}

/** What is known of the driver or the mixture of this name. A mixture is as sound as the worst of its designs. */
export function soundnessOf(name: string): Soundness {
  const all = designsIn(name).map(({ soundness }) => soundness);
  const worst = (["wrong", "finding", "unknown"] as const).find((kind) => all.some((soundness) => soundness.kind === kind));
  return all.find(({ kind }) => kind === worst) ?? SOUND;
}

/** The sources of finish objects between which one can choose with the driver or the mixture of this name. */
export function finishesOf(name: string): readonly FinishKind[] {
  return designsIn(name).flatMap(({ finishes }) => finishes ?? []);
}

/** Is this class of locks some driver's user lock? */
export function isUserLock(lock: string): boolean {
  return [...catalogue.values()].some(({ userLock }) => userLock === lock);
}

/**
 * The design of this name, which is no mixture.
 *
 * @throws RangeError if there is none
 */
export function designOf(name: string): Design {
  const design = catalogue.get(name);
  if (design === undefined) throw new RangeError(`driver: no such design: ${name}`);
  return design;
}
