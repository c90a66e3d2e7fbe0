import type { Task } from "../../../machine/task.ts";
import type { Hear, Tracer } from "../../../machine/tracer.ts";
import type { HeldLocks } from "../../books/held_locks.ts";
import type { Objector } from "../../record/objection.ts";

/** What an oracle of locks and contexts gets: events, and who holds what at each. */
export interface LockWatch {
  readonly tracer: Tracer;
  /** Hear an event in order to judge it: only then may be objected to it. */
  readonly judge: Hear;
  readonly held: HeldLocks;
  readonly nameOf: (addr: number) => string;
  /** When a task does what it does just now: `cpu1 in step 123`. */
  readonly where: (task: Task) => string;
  readonly object: Objector;
}

/** What an oracle of locks and contexts does beside listening. */
export interface LockOracle {
  /** An execution begins: what is seen in it must be found in its replay too, so nothing is remembered. */
  begin?(): void;
}
