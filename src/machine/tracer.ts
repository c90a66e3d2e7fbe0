import type { Task } from "./task.ts";
import { ToolError } from "./tool_error.ts";
import {
  allTracepoints,
  tracepointInfo,
  TRACEPOINTS,
  type Arguments,
  type EventId,
  type Listener,
  type Values,
} from "./tracepoint.ts";

/**
 * What a listener is for, in the order in which an event goes through its listeners. Those of one phase hear it in any order:
 * none of them may depend on what another one does.
 *
 * - `record`: writes down or counts the event itself.
 * - `book`: enters in the books what the event says is so from now on.
 * - `judge`: looks at the event and at the books, and has an opinion.
 * - `forget`: strikes out what is no longer so, now that all have judged by it.
 */
export const PHASES = ["record", "book", "judge", "forget"] as const;
export type Phase = (typeof PHASES)[number];

const NOBODY: readonly (readonly Listener[])[] = Array.from({ length: TRACEPOINTS }, () => []);

/** A listener to one event, which hears as many numbers as that has arguments. */
export type ListenerTo<A extends Arguments> = (task: Task, ...values: Values<A>) => void;
/** A way to listen to any event. */
export type Hear = <A extends Arguments>(event: EventId<A>, listener: ListenerTo<A>) => void;

/** Who listens to what, on one thread. */
export class Tracer {
  /** By event: the listeners, those of an earlier phase first. */
  readonly #listeners = NOBODY.slice(); // each thread of each execution of a small program has a tracer
  /** By event: the phases of those. */
  readonly #phases: (readonly Phase[])[] = [];

  /** Add a listener to event `id`. */
  on<A extends Arguments>(phase: Phase, id: EventId<A>, listener: ListenerTo<A>): void;
  on(phase: Phase, id: number, listener: Listener): void {
    const phases = this.#phases[id] ?? [];
    const place = phases.filter((other) => PHASES.indexOf(other) <= PHASES.indexOf(phase)).length;
    this.#phases[id] = phases.toSpliced(place, 0, phase);
    this.#listeners[id] = this.#listeners[id].toSpliced(place, 0, listener);
  }

  /** Add one listener to every event, told which event it is. */
  onAll(phase: Phase, listener: (id: number, ...args: Parameters<Listener>) => void): void {
    for (const { id } of allTracepoints()) {
      this.on(phase, id, (task, a, b, c, d, e, f) => listener(id, task, a, b, c, d, e, f));
    }
  }

  hit(task: Task, id: number, a: number, b: number, c: number, d: number, e: number, f: number): void {
    const listeners = this.#listeners[id];
    try {
      for (let i = 0; i < listeners.length; i++) listeners[i](task, a, b, c, d, e, f);
    } catch (error) {
      throw listenerFailed(error, id); // nothing that the task did
    }
  }
}

function listenerFailed(cause: unknown, id: number): ToolError {
  if (cause instanceof ToolError) return cause;
  const what = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return new ToolError(`a listener to ${tracepointInfo(id)?.name ?? `event ${id}`} threw ${what}`, { cause });
}
