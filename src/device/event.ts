import { fetchAdd } from "../machine/access.ts";
import { futexWake } from "../machine/futex.ts";
import type { Run } from "../machine/step.ts";
import { struct, u32, type Ptr } from "../machine/struct.ts";
import type { Task } from "../machine/task.ts";

/**
 * What a hardware unit sleeps on: a count of the occasions to look around. A unit reads it, looks at all that concerns
 * it, and sleeps only while it has not moved, so that one word serves forevery reason to wake up and none is lost.
 */
export const Event = struct("event", { count: u32 });

/** There may be something to do for whoever sleeps on `event`. */
export function* signalEvent(task: Task, event: Ptr<"event">): Run<void> {
  yield* fetchAdd(task, event, Event.count, 1);
  yield* futexWake(task, event, Event.count);
}
