import type { Run } from "../../machine/step.ts";
import type { Ptr } from "../../machine/struct.ts";
import type { Current } from "../current.ts";
import { warn, WARN_BLOCKABLE_CALLBACK_RETURNED_FALSE, WARN_RELEASE_CALLBACK_RETURNED_FALSE } from "../warn.ts";
import type { InvalidationStart } from "./itree.ts";
import { MMU_NOTIFY_RELEASE, type MmuIntervalNotifierOps, type MmuNotifierRange } from "./types.ts";

/**
 * What the core does with the interval notifiers that a range hits: who is called, and in which passes. One file for each
 * design that was argued (RULES d); a kernel is built with one of them. Counting ranges, freezing the tree and thawing it
 * are the same in all.
 */
export interface NotifierPasses {
  readonly name: string;
  /** The callback that a notifier is started with. One that does not have it has a single pass, `invalidate`. */
  readonly startsWith: keyof MmuIntervalNotifierOps;
  /** A core whose drivers may have this one instead: it calls the same callbacks, in the same order. */
  readonly inPlaceOf?: NotifierPasses;
  /** What was started is finished in any order, not in that of the starts (RULES 17). */
  readonly isAnyOrder?: boolean;
  /**
   * Call the notifiers until none of them uses the range: 0, or -EAGAIN if one would have to sleep in a range that must
   * not (RULES 27). No lock is held (RULES 5), and the tree stays as it is until the range ends (RULES 4).
   */
  invalidate(current: Current, range: MmuNotifierRange, start: InvalidationStart): Run<number>;
  /**
   * What a corrected design does when a classic notifier has refused a range that must not block, after the interval notifiers
   * were called.
   * In one that may block nobody listens to it, and range_end follows all the same.
   */
  readonly whenClassicRefuses?: (
    current: Current,
    range: MmuNotifierRange,
    subscriptions: Ptr<"mmu_notifier_subscriptions">,
  ) => Run<void>;
  /** What a design has left to do at range_end, before the tree may change. No design that is right has anything. */
  readonly atRangeEnd?: (current: Current, range: MmuNotifierRange) => Run<void>;
}

/**
 * A callback returned false. Is that a refusal, which ends the walk (RULES 27)? In a range that may block it is a bug of the
 * driver: warned of, and the walk goes on (RULES 26, 30).
 */
export function isRefusal(current: Current, range: MmuNotifierRange): boolean {
  if (!range.blockable) return true;
  warn(
    current,
    range.event === MMU_NOTIFY_RELEASE ? WARN_RELEASE_CALLBACK_RETURNED_FALSE : WARN_BLOCKABLE_CALLBACK_RETURNED_FALSE,
  );
  return false;
}
