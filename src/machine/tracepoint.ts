import type { Task } from "./task.ts";

/**
 * Tracepoints: static events, compiled in. Without a listener one costs an array look-up; with one, the listener runs at
 * once in the task that hit the event, before that task's next step, so what it sees of shared memory is what was
 * true at the event.
 */

/** What happens at a tracepoint: the task that hit it and up to six numbers, named by {@link TracepointInfo.args}. */
export type Listener = (task: Task, a: number, b: number, c: number, d: number, e: number, f: number) => void;

export interface TracepointInfo {
  readonly id: number;
  /** As printed: `invalidate_range_start`. */
  readonly name: string;
  /** Names of the arguments, in order. An argument called `start`, `end` or `va` is a process address (bytes). */
  readonly args: readonly string[];
}

/** Each layer's events are numbered from its own base, so that every thread gives an event the same number. */
export const TRACEPOINT_BASE = { machine: 0, kernel: 32, device: 128, driver: 192 } as const;
/** Number of tracepoint ids. */
export const TRACEPOINTS = 256;

const registry: (TracepointInfo | undefined)[] = Array.from({ length: TRACEPOINTS }, () => undefined);

/** Declare a layer's events; returns their ids by name. */
export function tracepoints<const T extends Record<string, readonly string[]>>(
  base: number,
  table: T,
): { readonly [K in keyof T]: number } {
  const ids: Record<string, number> = {};
  let id = base;
  for (const [name, args] of Object.entries(table)) {
    registry[id] = { id, name: name.replaceAll(/[A-Z]/g, (c) => `_${c.toLowerCase()}`), args };
    ids[name] = id++;
  }
  return ids as { readonly [K in keyof T]: number };
}

/** What is known of event `id`. */
export function tracepointInfo(id: number): TracepointInfo | undefined {
  return registry[id];
}

const NOBODY: readonly (readonly Listener[])[] = Array.from({ length: TRACEPOINTS }, () => []);

/** Who listens to what, on one thread. */
export class Tracer {
  readonly #listeners = NOBODY.slice(); // each thread of each execution of a small program has a tracer

  /** Add a listener to event `id`; several are called in the order in which they were added. */
  on(id: number, listener: Listener): void {
    this.#listeners[id] = [...this.#listeners[id], listener];
  }

  /** Add one listener to every event, told which event it is. */
  onAll(listener: (id: number, ...args: Parameters<Listener>) => void): void {
    for (const info of registry) {
      if (info !== undefined) this.on(info.id, (...args) => listener(info.id, ...args));
    }
  }

  hit(task: Task, id: number, a: number, b: number, c: number, d: number, e: number, f: number): void {
    const listeners = this.#listeners[id];
    for (let i = 0; i < listeners.length; i++) listeners[i](task, a, b, c, d, e, f);
  }
}

/** Hit tracepoint `id`. */
export function trace(task: Task, id: number, a = 0, b = 0, c = 0, d = 0, e = 0, f = 0): void {
  task.tracer.hit(task, id, a, b, c, d, e, f);
}
