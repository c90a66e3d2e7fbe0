import type { LatencyUs } from "./latency.ts";

/** Contexts of one GPU at most. */
export const MAX_CONTEXTS = 8;

/** Latencies in microseconds, faults of the firmware in percent of the TLB invalidations. */
export interface GpuConfig {
  /** Time from sending a TLB invalidation to its answer. Invalidations overlap: each has its own. */
  readonly tlbLatencyUs: LatencyUs;
  /** Time that a running context needs to reach a preemption point. */
  readonly preemptLatencyUs: LatencyUs;
  /** Answers an invalidation ahead of those sent before it. Its own flush is done by then; theirs need not be. */
  readonly outOfOrderPercent: number;
  /** Flushes, but never answers. */
  readonly lostAnswerPercent: number;
  /** Is `lateAnswerUs` late, with the flush as with its answer. */
  readonly lateAnswerPercent: number;
  readonly lateAnswerUs: number;
  /** Execution contexts, 1 to {@link MAX_CONTEXTS}. */
  readonly contexts: number;
  /** Page-table walks at once. */
  readonly walkers: number;
  /** TLBs: one for all contexts, or one for the primary and one for the media part of the GPU (RULES 72). Contexts take turns. */
  readonly tlbDomains: TlbDomains;
}

export type TlbDomains = 1 | 2;

/** A firmware without faults. Sources: LATENCIES 4.7 and 4.9. */
export const DEFAULT_GPU_CONFIG: GpuConfig = {
  tlbLatencyUs: 40, // the typical time in i915's hardware
  preemptLatencyUs: 100, // nobody gives a figure: as the pessimistic invalidation
  outOfOrderPercent: 0,
  lostAnswerPercent: 0,
  lateAnswerPercent: 0,
  lateAnswerUs: 1_000_000, // what SMMUv3 waits for an address translation cache; four times xe's time-out
  contexts: 2,
  walkers: 8,
  tlbDomains: 1,
};

/** @throws RangeError for what no GPU can be */
export function checkGpuConfig(config: GpuConfig): void {
  if (config.contexts < 1 || config.contexts > MAX_CONTEXTS)
    throw new RangeError(`${config.contexts} contexts: a GPU has 1..${MAX_CONTEXTS}`);
  if (config.walkers < 1) throw new RangeError(`${config.walkers} walkers: a GPU needs one`);
  if (config.tlbDomains !== 1 && config.tlbDomains !== 2)
    throw new RangeError(`${config.tlbDomains as number} TLB domains: a GPU has 1 or 2`);
}
