import { xchg } from "../machine/access.ts";
import type { Run } from "../machine/step.ts";
import type { Field, Ptr, u32 } from "../machine/struct.ts";
import type { Task } from "../machine/task.ts";
import { trace } from "../machine/tracepoint.ts";
import { kernelEvents } from "./tracepoints.ts";

export * from "./warn_code.ts";

/** `WARN_ON(1)`: the kernel goes on, but somebody broke a rule. */
export function warn(task: Task, what: number): void {
  trace(task, kernelEvents.warn, what);
}

/** `WARN_ON_ONCE(1)`: `obj->field` remembers, for as long as the machine runs, that it was said. */
export function* warnOnce<S extends string>(task: Task, obj: Ptr<S>, field: Field<S, typeof u32>, what: number): Run<void> {
  if ((yield* xchg(task, obj, field, 1)) === 0) warn(task, what);
}
