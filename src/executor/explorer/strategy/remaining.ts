import type { EngineView, ThreadView } from "../engine/view.ts";

/**
 * How many events of a certain sort each thread still has before it, as far as a profile knows. Those of threads that are still
 * to be spawned count with the one that will spawn them (SURW: without that, whatever children do comes too late).
 */
export class Remaining {
  /** By task: its own events, and those of all that come from it. */
  readonly #family = new Map<string, number>();
  /** By thread. */
  readonly #left: number[] = [];

  /** @param own by task: its own events. @param parents by task: who spawns it */
  constructor(own: ReadonlyMap<string, number>, parents: ReadonlyMap<string, string | null>) {
    for (const task of new Set([...own.keys(), ...parents.keys()])) {
      const events = own.get(task) ?? 0;
      for (let at: string | null = task; at !== null; at = parents.get(at) ?? null)
        this.#family.set(at, (this.#family.get(at) ?? 0) + events);
    }
  }

  begin(): void {
    this.#left.length = 0;
  }

  /** Events that this thread, and those it will spawn, have before them; at least 0. */
  of({ index, task: { name } }: ThreadView): number {
    return (this.#left[index] ??= this.#family.get(name) ?? 0);
  }

  /** One event of the thread has happened. */
  happened(thread: ThreadView): void {
    this.#left[thread.index] = Math.max(0, this.of(thread) - 1);
  }

  /** Threads were spawned: what is before them no longer counts with their parents. */
  spawned({ released }: EngineView): void {
    for (const child of released) {
      if (child.parent === null || child.steps > 0 || this.#left[child.index] !== undefined) continue;
      this.#left[child.parent.index] = Math.max(0, this.of(child.parent) - this.of(child));
    }
  }
}
