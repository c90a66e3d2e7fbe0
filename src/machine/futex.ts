import type { Field, Ptr, u32 } from "./struct.ts";
import { CHOICE, FUTEX_WAIT, FUTEX_WAKE, RELAX, SLEEP, stepOf, type Run } from "./step.ts";
import type { Task } from "./task.ts";
import { trace } from "./tracepoint.ts";
import { machineEvents } from "./tracepoints.ts";

/**
 * Waiting, waking and chance: the steps that every executor answers itself, so they are always yielded.
 */

type F32<S extends string> = Field<S, typeof u32>;

/**
 * Sleep while `obj->field` holds `expected`. Returns WOKEN (the word differs, somebody woke us, or for no reason:
 * look again) or TIMED_OUT once `deadlineUs` (absolute, microseconds) has passed.
 */
export function* futexWait<S extends string>(
  task: Task,
  obj: Ptr<S>,
  field: F32<S>,
  expected: number,
  deadlineUs = Infinity,
): Run<number> {
  trace(task, machineEvents.mightSleep, obj + field);
  task.expected = expected;
  task.deadlineUs = deadlineUs;
  return yield stepOf(FUTEX_WAIT, obj + field);
}

/** Wake up to `count` tasks that sleep on `obj->field`. */
export function* futexWake<S extends string>(task: Task, obj: Ptr<S>, field: F32<S>, count = Infinity): Run<void> {
  task.count = count;
  yield stepOf(FUTEX_WAKE, obj + field);
}

/** Sleep until `deadlineUs` (absolute, microseconds). */
export function* sleepUntil(task: Task, deadlineUs: number): Run<void> {
  trace(task, machineEvents.mightSleep, 0);
  task.deadlineUs = deadlineUs;
  yield stepOf(SLEEP, 0);
}

/** Ask the executor whether this event, of this probability, happens now; 0 and 100 ask nobody. */
export function* chance(task: Task, percent: number, event: string): Run<boolean> {
  if (percent <= 0) return false;
  if (percent >= 100) return true;
  task.percent = percent;
  task.asked = event;
  return (yield stepOf(CHOICE, 0)) !== 0;
}

/** `cpu_relax()`: nothing to do in this round of a polling loop; let others of this processor run. */
export function* cpuRelax(): Run<void> {
  yield stepOf(RELAX, 0);
}
