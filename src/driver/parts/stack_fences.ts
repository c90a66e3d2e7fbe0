import type { Layout } from "../../machine/layout.ts";
import type { Ptr } from "../../machine/struct.ts";
import type { Task } from "../../machine/task.ts";
import { TlbInvalFence } from "./tlb_inval_fence.ts";

/**
 * One fence for each task: what a kernel would put on its stack to wait for an invalidation there and then. A task waits
 * for one such fence at a time, because nothing that it does meanwhile leads into another invalidation.
 */
export class StackFences {
  readonly #fences: Ptr<"tlb_inval_fence">;

  /** @param tasks highest number of a task */
  constructor(layout: Layout, tasks: number) {
    this.#fences = layout.place(TlbInvalFence, "stack_fence", tasks + 1);
  }

  of(task: Task): Ptr<"tlb_inval_fence"> {
    return (this.#fences + task.id * TlbInvalFence.words) as Ptr<"tlb_inval_fence">;
  }
}
