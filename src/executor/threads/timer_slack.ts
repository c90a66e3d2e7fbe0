import { writeFileSync } from "node:fs";

/**
 * Ask the operating system for prompt timers. Linux lets a sleep end up to 50 us late, to wake up less often, and a thread hands
 * this leave on to the threads that it starts. Call it on main before workers are started. Where it cannot be done (another
 * system, a sandbox), sleeps are that much later, no more.
 */
export function tightenTimers(): void {
  try {
    writeFileSync("/proc/self/timerslack_ns", "1");
  } catch {
    // then not
  }
}
