import type { Layout } from "../../machine/layout.ts";
import type { Task } from "../../machine/task.ts";
import type { Tracer } from "../../machine/tracer.ts";
import type { Books, EventBooks } from "../books/books.ts";
import type { Report } from "../record/reporter.ts";
import type { CheckWorld, EventWorld } from "../world.ts";

/** What an oracle gets that needs nothing but events: those of any other notifier core would do. */
export interface EventWatch {
  readonly tracer: Tracer;
  /** For tables of its own, which the oracles of all threads share. */
  readonly layout: Layout;
  readonly world: EventWorld;
  readonly books: EventBooks;
  readonly report: Report;
}

/** What an oracle gets that also looks into the machine's memory as it is at an event. */
export interface MemoryWatch extends EventWatch {
  readonly world: CheckWorld;
  readonly books: Books;
}

/** What an oracle does beside listening. */
export interface Oracle {
  /** Nobody runs any more: judge what is left. On one thread, with a task of it. */
  atQuiescence?(task: Task): void;
  /**
   * How often something found no place in the oracle's tables, or was forgotten before it was judged, by what it is: `processes`.
   */
  missed?(words: Int32Array): Readonly<Record<string, number>>;
  /** Memory is as it was when no task had begun anything. */
  reset?(): void;
}
