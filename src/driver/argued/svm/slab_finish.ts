import { GFP_NOWAIT, type Slab } from "../../../machine/slab.ts";
import type { Run } from "../../../machine/step.ts";
import type { Ptr } from "../../../machine/struct.ts";
import type { Task } from "../../../machine/task.ts";
import type { FinishSource } from "./finish_source.ts";

/**
 * One slab for each GPU, or one for all: a small preallocated pool (RULES d 7b; Hellström), or an allocation each time (7a; the
 * RFC and P1; Popple: a pity, only to pass a pointer). From what is shared the first notifiers of a walk take as much as they
 * like, and the last do everything in one pass: greedy drivers at the expense of nice ones, and exactly when memory is short
 * (Hellström, 21 Aug 2025).
 */
export class SlabFinish implements FinishSource {
  readonly #slabs: readonly Slab<"svm_finish">[];

  /** @param slabs by GPU */
  constructor(slabs: readonly Slab<"svm_finish">[]) {
    this.#slabs = slabs;
  }

  powerOn(words: Int32Array): void {
    for (const slab of new Set(this.#slabs)) slab.powerOn(words);
  }

  take(task: Task, gpu: number): Run<Ptr<"svm_finish">> {
    return this.#slabs[gpu].alloc(task, GFP_NOWAIT);
  }

  put(task: Task, gpu: number, finish: Ptr<"svm_finish">): Run<void> {
    return this.#slabs[gpu].free(task, finish);
  }
}
