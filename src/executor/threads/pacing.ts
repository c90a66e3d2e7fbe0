/** Times, in microseconds, that decide who gets a core when threads outnumber cores. All measured. */

/**
 * How long a thread that waits spins before it sleeps. With a core for each GPU and one for a CPU: what falling asleep and being
 * woken by another core cost, since the pause of a program between two invalidations is usually shorter. With fewer cores a
 * spinner keeps GPUs waiting whose time has come and who cannot be seen to want a core before they have one.
 */
export function spinUs(gpus: number, cores: number): number {
  return gpus < cores ? 50 : 20;
}

/** `Atomics.wait` comes back about this late when a core is free (see timer_slack.ts); what is then left is spun away. */
export const TIMER_SLACK_US = 30;

/**
 * A thread that always has something to do naps after so long if there are more such threads than cores. The scheduler's own
 * time slices of milliseconds would make an invalidation wait forevery busy GPU in turn.
 */
export const BUSY_US = 50;

/** How long to nap: about as long as all others that are awake need to have been busy for BUSY_US, too. */
export function napUs(awake: number, cores: number): number {
  return BUSY_US * Math.min(Math.max(awake / cores - 1, 0.5), 8);
}

/** How long to sleep for a deadline that is `leftUs` away. */
export function alarmUs(leftUs: number, isCoreFree: boolean): number {
  return isCoreFree && leftUs > TIMER_SLACK_US ? leftUs - TIMER_SLACK_US : leftUs;
}
