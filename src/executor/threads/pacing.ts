/** Times, in microseconds, that decide who gets a core when threads outnumber cores. All measured. */

/** How long a thread that waits spins before it sleeps: about what sleeping and being woken cost on an idle host. */
export const SPIN_US = 20;

/** `Atomics.wait` comes back this late when a core is free; what is then left of a deadline is spun away. */
export const TIMER_SLACK_US = 70;

/**
 * A thread that always has something to do gives its core away after BUSY_US for NAP_US if others want it. The scheduler's own time
 * slices of milliseconds would make an invalidation wait for every busy GPU in turn.
 */
export const BUSY_US = 25;
export const NAP_US = 200;

/** How long to sleep for a deadline that is `leftUs` away. */
export function alarmUs(leftUs: number, isCoreFree: boolean): number {
  return isCoreFree && leftUs > TIMER_SLACK_US ? leftUs - TIMER_SLACK_US : leftUs;
}
