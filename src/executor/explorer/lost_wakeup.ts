import type { Engine, Thread } from "./engine.ts";

/** Steps in which whoever was woken for no reason has to get somewhere. */
const MOST_STEPS = 2000;

/**
 * A thread that sleeps although what it waits for has happened. A futex may wake its sleepers for no reason at any time, and whoever
 * is woken looks again: if after that fewer threads are stuck than before, then nothing was missing but the wake-up. Null if there is
 * no such thread. Carries the execution on.
 */
export function findLostWakeup(engine: Engine, stuck: readonly Thread[], isIdle: (thread: Thread) => boolean): Thread | null {
  const countStuck = () => engine.threads.filter((thread) => !isIdle(thread)).length;
  const before = countStuck();
  for (const thread of stuck) {
    if (thread.state !== "waiting") continue;
    engine.wakeForNoReason(thread);
    for (let steps = 0; steps < MOST_STEPS && engine.enabled.length > 0; steps++) {
      engine.step(engine.enabled[steps % engine.enabled.length]);
    }
    if (countStuck() < before) return thread;
  }
  return null;
}
