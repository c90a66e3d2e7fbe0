import { fetchAdd, readOnce } from "../../machine/access.ts";
import { futexWait, futexWake } from "../../machine/futex.ts";
import { TIMED_OUT, type Run } from "../../machine/step.ts";
import { struct, u32, type Ptr } from "../../machine/struct.ts";
import type { Task } from "../../machine/task.ts";

/** A wait queue: a count of wake-ups, so that one between the look at the condition and the sleep is not lost. */
export const WaitQueue = struct("wait_queue", { wakeups: u32 });

/** `wait_event(wq, condition)`; false if `deadlineUs` (absolute) passed first. */
export function* waitEvent(
  task: Task,
  queue: Ptr<"wait_queue">,
  condition: () => Run<boolean>,
  deadlineUs = Infinity,
): Run<boolean> {
  for (;;) {
    const wakeups = yield* readOnce(task, queue, WaitQueue.wakeups);
    if (yield* condition()) return true;
    if ((yield* futexWait(task, queue, WaitQueue.wakeups, wakeups, deadlineUs)) === TIMED_OUT) return yield* condition();
  }
}

export function* wakeUpAll(task: Task, queue: Ptr<"wait_queue">): Run<void> {
  yield* fetchAdd(task, queue, WaitQueue.wakeups, 1);
  yield* futexWake(task, queue, WaitQueue.wakeups);
}
