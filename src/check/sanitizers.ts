import type { Layout } from "../machine/layout.ts";
import type { Task } from "../machine/task.ts";
import type { Hear, Tracer } from "../machine/tracer.ts";
import { HeldLocks } from "./books/held_locks.ts";
import { watchAtomicSleep } from "./oracle/locks/atomic_sleep.ts";
import { watchCallbackContext } from "./oracle/locks/callback_context.ts";
import { watchLockOrder } from "./oracle/locks/lock_order.ts";
import type { LockOracle, LockWatch } from "./oracle/locks/lock_watch.ts";
import { Objections, type Objector } from "./record/objection.ts";

/** The oracles of locks and contexts, for machines whose tasks all run on one thread. */
export interface LockOracles {
  /** An execution begins: what was learnt in the former one is forgotten. */
  begin(): void;
}

/** Of what is objected to in one event, that of the earlier is told first: who can say more precisely what is wrong. */
const ORACLES: readonly ((watch: LockWatch) => LockOracle)[] = [watchCallbackContext, watchAtomicSleep, watchLockOrder];

/**
 * Let the oracles of locks and contexts listen: lock order by class, sleeping where it is forbidden, what callbacks may do. One
 * set for a machine, however many executions.
 *
 * @param where when a task does what it does just now: `cpu1 in step 123`
 */
export function attachLockOracles(
  tracer: Tracer,
  layout: Layout,
  object: Objector,
  where: (task: Task) => string = (task) => task.name,
): LockOracles {
  const objections = new Objections(object);
  const judged = new Set<number>();
  const judge: Hear = (event, listener) => {
    tracer.on("judge", event, listener);
    if (!judged.has(event)) tracer.on("forget", event, () => objections.tell());
    judged.add(event);
  };
  const held = new HeldLocks(layout);
  held.listen(tracer, judge);
  const nameOf = (addr: number) => layout.nameOfObject(addr);
  const oracles = ORACLES.map((watch, rank) => watch({ tracer, judge, held, nameOf, where, object: objections.ranked(rank) }));
  return {
    begin() {
      held.begin();
      for (const oracle of oracles) oracle.begin?.();
    },
  };
}
