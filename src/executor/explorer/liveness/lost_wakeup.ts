import { addrOf } from "../../../machine/step.ts";
import type { Engine, Thread } from "../engine/engine.ts";

/** Rounds of all threads in which whoever was woken for no reason has to get somewhere. */
const MOST_ROUNDS = 500;

/**
 * A thread that sleeps although what it waits for has happened. A futex or a condition variable may wake its sleepers for no
 * reason at any time, and whoever is woken looks again: if after that fewer threads are stuck than before, then nothing was
 * missing but the wake-up. Null if there is no such thread. Carries the execution on.
 */
export function findLostWakeup(
  engine: Engine,
  stuck: readonly Thread[],
  isIdle: (thread: Thread) => boolean,
  isCondition: (addr: number) => boolean,
): Thread | null {
  const countStuck = () => engine.threads.filter((thread) => !isIdle(thread)).length;
  const before = countStuck();
  for (const thread of stuck) {
    if (thread.state !== "waiting" && !(thread.state === "awaiting" && isCondition(addrOf(thread.next)))) continue;
    engine.wakeForNoReason(thread);
    runInTurn(engine);
    if (countStuck() < before) return thread;
  }
  return null;
}

function runInTurn(engine: Engine): void {
  for (let round = 0; round < MOST_ROUNDS && engine.enabled.length > 0; round++) {
    for (const thread of engine.threads) if (thread.state === "runnable") engine.step(thread);
  }
}
