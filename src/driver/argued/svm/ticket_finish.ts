import type { Layout } from "../../../machine/layout.ts";
import type { Run } from "../../../machine/step.ts";
import { NULL, type Ptr } from "../../../machine/struct.ts";
import type { Task } from "../../../machine/task.ts";
import type { FinishSource } from "./finish_source.ts";
import { SvmFinish, type Svm } from "./svm.ts";

/**
 * A ticket for each CPU in each notifier (RULES d 7f; not proposed in the threads). An invocation that finds work of another one
 * in flight attaches to it and waits in its own finish; for that it needs no more than a place to wait at, and there are enough
 * of these: a CPU is in one invocation of one notifier at a time. Never dry, never waited for, never allocated; the price is its
 * memory, a few words for each CPU and notifier.
 */
export class TicketFinish implements FinishSource {
  readonly #svm: Svm;
  readonly #cpus: number;
  readonly #tickets: Ptr<"svm_finish">;

  constructor(layout: Layout, svm: Svm) {
    this.#svm = svm;
    this.#cpus = svm.kernel.config.cpus;
    this.#tickets = layout.place(SvmFinish, "svm_ticket", this.#cpus * svm.chunks.capacity);
  }

  powerOn(): void {}

  *take(task: Task, _gpu: number, chunk: Ptr<"svm_chunk">): Run<Ptr<"svm_finish">> {
    const cpu = task.id - 1;
    if (cpu >= this.#cpus) return NULL;
    const number = this.#svm.chunks.indexOf(chunk) * this.#cpus + cpu;
    return (this.#tickets + number * SvmFinish.words) as Ptr<"svm_finish">;
  }

  *put(): Run<void> {}
}
