import { NULL } from "../../../machine/struct.ts";
import type { Task } from "../../../machine/task.ts";
import { kernelEvents } from "../../../kernel/tracepoints.ts";
import { SUB_REMOVED, SubRow } from "../../books/subscribers.ts";
import type { EventWatch, Oracle } from "../oracle.ts";

/**
 * Oracle 4, removal (RULES 36, I7): once remove() has returned, no callback of the notifier runs, none will run, none owes a
 * finish, and the node is out of the tree. Certain on threads: remove() waits for the end of all ranges that may have
 * found the notifier, and the events of a range come before its end.
 */
export function watchRemoval({ tracer, world, books: { subscribers }, report }: EventWatch): Oracle {
  const checkLive = (task: Task, sub: number, did: string) => {
    const row = subscribers.find(task.words, sub);
    if (row === NULL || Atomics.load(task.words, row + SubRow.state) !== SUB_REMOVED) return;
    report(task, "I7", `${world.nameOf(sub)} ${did} after it had been removed`);
  };
  tracer.on("judge", kernelEvents.invalidateCall, (task, sub) => checkLive(task, sub, "was called"));
  tracer.on("judge", kernelEvents.invalidateFinish, (task, sub) => checkLive(task, sub, "was finished"));
  tracer.on("judge", kernelEvents.intervalRemoved, (task, sub) => {
    const { words } = task;
    const row = subscribers.find(words, sub);
    if (row === NULL) return;
    const calls = Atomics.load(words, row + SubRow.calls);
    const finishes = Atomics.load(words, row + SubRow.finishes);
    const was = () => `${world.nameOf(sub)} was removed`;
    if (calls > 0) report(task, "I7", `${was()} while ${calls} of its callbacks run`);
    if (finishes > 0) report(task, "I7", `${was()} while ${finishes} of its finish callbacks are owed`);
    if (words[row + SubRow.isInTree] !== 0) report(task, "RULES 36", `${was()} and is still in the tree`);
  });
  return {};
}
