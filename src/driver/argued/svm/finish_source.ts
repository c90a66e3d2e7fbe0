import type { Layout } from "../../../machine/layout.ts";
import { Slab } from "../../../machine/slab.ts";
import type { Run } from "../../../machine/step.ts";
import type { Ptr } from "../../../machine/struct.ts";
import type { Task } from "../../../machine/task.ts";
import type { FinishOption } from "../../options.ts";
import { BlockingFinish, EmbeddedFinish } from "./embedded_finish.ts";
import { SlabFinish } from "./slab_finish.ts";
import { SvmFinish, type Svm } from "./svm.ts";
import { TicketFinish } from "./ticket_finish.ts";

/** Where finish objects come from (RULES d 7). Every invocation needs its own (RULES 20). */
export interface FinishSource {
  powerOn(words: Int32Array): void;
  /**
   * For sources that may have to wait: an object for an invocation of `chunk`'s notifier on GPU `gpu`, asked for before the user
   * lock is taken, since who waits with it held may wait for whoever wants it (docs/findings/5). Given back if it is not needed.
   * NULL: `take` it.
   */
  reserve?(task: Task, gpu: number, chunk: Ptr<"svm_chunk">): Run<Ptr<"svm_finish">>;
  /**
   * The same for all others, under the user lock; NULL if none is to be had. Does not sleep: the caller holds the user
   * lock and may be serving reclaim.
   */
  take(task: Task, gpu: number, chunk: Ptr<"svm_chunk">): Run<Ptr<"svm_finish">>;
  /** Give it back. Whoever takes it next may do so before this returns: it must not be touched any more (RULES 18). */
  put(task: Task, gpu: number, finish: Ptr<"svm_finish">): Run<void>;
}

export function createFinishSource(layout: Layout, svm: Svm, option: FinishOption): FinishSource {
  switch (option.kind) {
    case "pool":
      return new SlabFinish(svm.gpus.map(() => new Slab(layout, SvmFinish, option.size)));
    case "shared-pool":
      return shared(svm, new Slab(layout, SvmFinish, option.size));
    case "nowait":
      return shared(svm, new Slab(layout, SvmFinish, svm.chunks.capacity, option.failPercent));
    case "embedded":
      return new EmbeddedFinish();
    case "block":
      return new BlockingFinish();
    case "join":
      return new TicketFinish(layout, svm);
  }
}

function shared(svm: Svm, slab: Slab<"svm_finish">): FinishSource {
  return new SlabFinish(svm.gpus.map(() => slab));
}
