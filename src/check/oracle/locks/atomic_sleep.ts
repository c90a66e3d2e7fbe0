import type { Task } from "../../../machine/task.ts";
import { machineEvents } from "../../../machine/tracepoints.ts";
import type { LockOracle, LockWatch } from "./lock_watch.ts";

/**
 * Who holds a spinlock, or is in a section in which blocking is forbidden, must not sleep, nor do what might sleep: take a lock
 * for which one sleeps, allocate with GFP_KERNEL, wait for a fence, an invalidation or a grace period (RULES b; I23).
 */
export function watchAtomicSleep({ judge, held, nameOf, object }: LockWatch): LockOracle {
  const say = (task: Task, what: string) => {
    const spinlocks = held
      .of(task)
      .filter((lock) => !lock.class.isSleeping)
      .map((lock) => held.nameOf(lock));
    const why = spinlocks.length > 0 ? `while it holds ${spinlocks.join(", ")}` : "where blocking is forbidden";
    object({ kind: "atomic-sleep", rule: "atomic-sleep", message: `${task.name} ${what} ${why}`, task: task.name, details: [] });
  };
  held.onTake((task, lock) => {
    if (task.atomicDepth === 0 || !lock.class.isSleeping) return;
    say(task, lock.class.isPseudo ? `might have to wait for ${lock.class.name}` : `takes ${held.nameOf(lock)}`);
  });
  judge(machineEvents.mightSleep, (task, word) => {
    if (task.atomicDepth > 0 && !held.classes.isSpinWord(word))
      say(task, word === 0 ? "sleeps for a time" : `sleeps on ${nameOf(word)}`);
  });
  return {};
}
