import type { GpuConfig, TlbDomains } from "../device/config.ts";
import type { LatencyUs } from "../device/latency.ts";
import type { FinishOption } from "../driver/options.ts";
import type { KernelConfig } from "../kernel/kernel.ts";
import type { AccessPatternName } from "../scenario/access_pattern.ts";

/**
 * Everything that determines a machine and what is played on it. Plain data: each worker thread gets a copy and builds
 * the same machine from it.
 */
export interface MachineConfig {
  readonly gpus: number;
  readonly cpus: number;
  readonly driver: string;
  readonly finish: FinishOption;
  /** Name of a scenario; ignored if a workload is replayed. */
  readonly scenario: string;
  readonly access: AccessPatternName;
  /** Time that a GPU needs for a TLB invalidation, in microseconds. */
  readonly tlbLatencyUs: LatencyUs;
  /** Time that a context needs to reach a preemption point, in microseconds. */
  readonly preemptLatencyUs: LatencyUs;
  /** Execution contexts of each GPU. */
  readonly contexts: number;
  /** TLBs of each GPU; default 1. */
  readonly tlbDomains?: TlbDomains;
  /** Page frames of 4 KiB. */
  readonly frames: number;
  readonly seed: number;
  /** Sizes of the kernel's slabs, where they are not to be the usual ones. */
  readonly slabs?: KernelSlabs;
  /** Faults of the GPUs' firmware; default none. */
  readonly firmware?: FirmwareFaults;
  /** Notifiers that have nothing to do, in the scenario that is about them; default 100. */
  readonly notifiers?: number;
  /** In what the GPUs differ: the first has the first profile, and after the last one it begins again; default in nothing. */
  readonly profiles?: readonly GpuProfile[];
}

/** Address spaces, VMAs and pages of swap, at once over the whole machine. */
export type KernelSlabs = Pick<KernelConfig, "mms" | "vmas" | "swapSlots">;

/** What a GPU has otherwise than the rest of the configuration says. */
export type GpuProfile = Partial<
  Pick<GpuConfig, "tlbLatencyUs" | "preemptLatencyUs" | "tlbDomains" | "lateAnswerUs" | keyof FirmwareFaults>
>;

/**
 * A GPU that never answers a TLB invalidation, and may never have carried it out either: in microseconds, as long as no run
 * lasts.
 */
export const SILENT_GPU: GpuProfile = { lateAnswerPercent: 100, lateAnswerUs: 1e12 };

export type FirmwareFaults = Pick<GpuConfig, "outOfOrderPercent" | "lostAnswerPercent" | "lateAnswerPercent">;

export const DEFAULT_CONFIG: MachineConfig = {
  gpus: 4,
  cpus: 3,
  driver: "two-pass",
  finish: { kind: "pool", size: 8 },
  scenario: "mixed",
  access: "zipf",
  tlbLatencyUs: 40, // what i915 calls typical for its hardware (LATENCIES 4.7)
  preemptLatencyUs: 100,
  contexts: 2,
  frames: 32_768,
  seed: 1,
};
