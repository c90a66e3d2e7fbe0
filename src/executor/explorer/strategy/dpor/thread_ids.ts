import { ToolError } from "../../../../machine/tool_error.ts";
import type { EngineView, ThreadView } from "../../engine/view.ts";

/** Threads of one parent at most. */
const MAX_CHILDREN = 1024;

/**
 * Names threads the same in all executions: by their parent and by which of its children they are. (Their indices depend on the
 * order in which different parents spawn.)
 */
export class ThreadIds {
  readonly #ids = new Map<number, number>();
  /** Of the present execution: id by index, thread by id, children so far by id. */
  #byIndex: number[] = [];
  #threads: (ThreadView | undefined)[] = [];
  #children: number[] = [];
  #roots = 0;

  /** A new execution begins. */
  clear(): void {
    this.#byIndex = [];
    this.#threads = [];
    this.#children = [];
    this.#roots = 0;
  }

  /** Take notice of threads that have come into being. */
  update({ threads }: EngineView, onThread: (id: number, thread: ThreadView) => void): void {
    for (let index = this.#byIndex.length; index < threads.length; index++) {
      const id = this.#name(threads[index]);
      this.#byIndex.push(id);
      this.#threads[id] = threads[index];
      this.#children[id] = 0;
      onThread(id, threads[index]);
    }
  }

  of(thread: ThreadView): number {
    return this.#byIndex[thread.index];
  }

  /** The thread of that name; undefined if it has not been spawned yet. */
  get(id: number): ThreadView | undefined {
    return this.#threads[id];
  }

  /** The thread of that name, which was to take a step here in a former execution. @throws ToolError if it cannot */
  enabled(id: number): ThreadView {
    const thread = this.get(id);
    if (thread === undefined || thread.place < 0)
      throw new ToolError("the subject is not deterministic: the same decisions led to another state");
    return thread;
  }

  toJSON(): [number, number][] {
    return [...this.#ids];
  }

  restore(ids: readonly (readonly [number, number])[]): void {
    for (const [key, id] of ids) this.#ids.set(key, id);
  }

  #name({ parent }: ThreadView): number {
    const family = parent === null ? 0 : this.of(parent) + 1;
    const child = parent === null ? this.#roots++ : this.#children[family - 1]++;
    const key = family * MAX_CHILDREN + child;
    const id = this.#ids.get(key) ?? this.#ids.size;
    this.#ids.set(key, id);
    return id;
  }
}
