import { cmpxchg, storeRelease } from "../../machine/access.ts";
import type { Layout } from "../../machine/layout.ts";
import { GFP_NOWAIT, Slab } from "../../machine/slab.ts";
import type { Run } from "../../machine/step.ts";
import { containerOf, embedded, NULL, type Ptr } from "../../machine/struct.ts";
import type { Task } from "../../machine/task.ts";
import type { FinishOption } from "../options.ts";
import { SvmChunk, SvmFinish, type Svm } from "./svm.ts";

/**
 * Where finish objects come from (RULES d 7). Every invocation needs its own (RULES 20); none of the sources sleeps, since
 * their caller holds the user lock and may be serving reclaim.
 */
export interface FinishSource {
  powerOn(words: Int32Array): void;
  /** An object for an invocation of `chunk`'s notifier on GPU `gpu`; NULL if none is to be had. */
  take(task: Task, gpu: number, chunk: Ptr<"svm_chunk">): Run<Ptr<"svm_finish">>;
  /** Give it back. Whoever takes it next may do so before this returns: it must not be touched any more (RULES 18). */
  put(task: Task, gpu: number, finish: Ptr<"svm_finish">): Run<void>;
}

export function createFinishSource(layout: Layout, svm: Svm, option: FinishOption): FinishSource {
  switch (option.kind) {
    case "pool":
      return new SlabFinish(svm.gpus.map(() => new Slab(layout, SvmFinish, option.size)));
    case "embedded":
      return new EmbeddedFinish();
    case "nowait": {
      const slab = new Slab(layout, SvmFinish, svm.chunks.capacity, option.failPercent);
      return new SlabFinish(svm.gpus.map(() => slab));
    }
  }
}

/** One slab for each GPU, or one for all: a small preallocated pool (7b), or an allocation each time (7a). */
class SlabFinish implements FinishSource {
  readonly #slabs: readonly Slab<"svm_finish">[];

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

/** The one in the notifier itself, unless another invocation has it (7c). */
class EmbeddedFinish implements FinishSource {
  powerOn(): void {}

  *take(task: Task, _gpu: number, chunk: Ptr<"svm_chunk">): Run<Ptr<"svm_finish">> {
    const isFree = (yield* cmpxchg(task, chunk, SvmChunk.finishInUse, 0, 1)) === 0;
    return isFree ? embedded(chunk, SvmChunk.finish) : NULL;
  }

  put(task: Task, _gpu: number, finish: Ptr<"svm_finish">): Run<void> {
    return storeRelease(task, containerOf(finish, SvmChunk.finish), SvmChunk.finishInUse, 0);
  }
}
