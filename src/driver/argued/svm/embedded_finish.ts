import { cmpxchg, storeRelease } from "../../../machine/access.ts";
import { futexWait, futexWake } from "../../../machine/futex.ts";
import type { Run } from "../../../machine/step.ts";
import { containerOf, embedded, NULL, type Ptr } from "../../../machine/struct.ts";
import type { Task } from "../../../machine/task.ts";
import type { FinishSource } from "./finish_source.ts";
import { SvmChunk } from "./svm.ts";

const FREE = 0;
const IN_USE = 1;

/**
 * The one in the notifier itself, unless another invocation has it, which is expected to be rare (RULES d 7c; Brost, and xe as
 * merged). Then everything is done in the start pass, and all notifiers behind it are late.
 */
export class EmbeddedFinish implements FinishSource {
  powerOn(): void {}

  *take(task: Task, _gpu: number, chunk: Ptr<"svm_chunk">): Run<Ptr<"svm_finish">> {
    const isFree = (yield* cmpxchg(task, chunk, SvmChunk.finishInUse, FREE, IN_USE)) === FREE;
    return isFree ? embedded(chunk, SvmChunk.finish) : NULL;
  }

  put(task: Task, _gpu: number, finish: Ptr<"svm_finish">): Run<void> {
    return storeRelease(task, containerOf(finish, SvmChunk.finish), SvmChunk.finishInUse, FREE);
  }
}

/**
 * The same, and who finds it in use waits until it is not (RULES d 7d; Brost: "allocate (or block)"): memory is bounded and
 * nobody falls back, but a start pass blocks, for as long as another invocation's flush. Waits make no cycle as long as no lock
 * is held: all take these objects in the order of the tree.
 */
export class BlockingFinish extends EmbeddedFinish {
  *reserve(task: Task, gpu: number, chunk: Ptr<"svm_chunk">): Run<Ptr<"svm_finish">> {
    for (;;) {
      const finish = yield* this.take(task, gpu, chunk);
      if (finish !== NULL) return finish;
      yield* futexWait(task, chunk, SvmChunk.finishInUse, IN_USE);
    }
  }

  override *put(task: Task, gpu: number, finish: Ptr<"svm_finish">): Run<void> {
    const chunk = containerOf(finish, SvmChunk.finish);
    yield* super.put(task, gpu, finish);
    yield* futexWake(task, chunk, SvmChunk.finishInUse);
  }
}
