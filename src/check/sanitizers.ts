import type { Layout } from "../machine/layout.ts";
import type { Task } from "../machine/task.ts";
import type { Tracer } from "../machine/tracepoint.ts";
import { listenForAtomicSleep } from "./oracle/atomic_sleep.ts";
import { CallbackContext } from "./oracle/callback_context.ts";
import { HeldLocks } from "./books/held_locks.ts";
import { LockOrder } from "./oracle/lock_order.ts";
import type { Objector } from "./record/objection.ts";

/** The oracles of locks and contexts, for machines whose tasks all run on one thread. */
export interface LockOracles {
  /** An execution begins: what was learnt in the former one is forgotten. */
  begin(): void;
}

/**
 * Let the oracles of locks and contexts listen: lock order by class, sleeping where it is forbidden, what callbacks may do. One set
 * for a machine, however many executions.
 *
 * @param where when a task does what it does just now: `cpu1 in step 123`
 */
export function attachLockOracles(
  tracer: Tracer,
  layout: Layout,
  object: Objector,
  where: (task: Task) => string = (task) => task.name,
): LockOracles {
  const nameOf = (addr: number) => layout.nameOfObject(addr);
  const held = new HeldLocks(layout);
  const context = new CallbackContext(held, nameOf, object);
  context.listen(tracer);
  listenForAtomicSleep(tracer, held, nameOf, object);
  const order = new LockOrder(held, where, object); // after those who can say more precisely what is wrong
  held.listen(tracer); // last: the others ask what is held at the event
  order.begin();
  return {
    begin() {
      held.begin();
      order.begin();
      context.begin();
    },
  };
}
