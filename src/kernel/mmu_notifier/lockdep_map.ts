import { trace } from "../../machine/tracepoint.ts";
import type { Current } from "../current.ts";
import { kernelEvents } from "../tracepoints.ts";

/**
 * The pseudo-lock "could wait for a notifier" (RULES 12): invalidation holds it over its callbacks; whoever waits for an
 * invalidation to end takes it in passing, also when there is nothing to wait for. So a deadlock is reported even if the
 * race did not happen. Shared mode, since any number of invalidations run at once.
 */
export function rangeStartMapAcquire(current: Current): void {
  trace(current, kernelEvents.lockAcquired, current.kernel.notifier.rangeStartMap, 1, 0);
}

export function rangeStartMapRelease(current: Current): void {
  trace(current, kernelEvents.lockRelease, current.kernel.notifier.rangeStartMap, 1);
}

/** `lock_map_acquire()`, `lock_map_release()`: the caller may be about to wait. */
export function mightWaitForInvalidation(current: Current): void {
  rangeStartMapAcquire(current);
  rangeStartMapRelease(current);
}
