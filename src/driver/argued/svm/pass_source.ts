import { init } from "../../../machine/access.ts";
import type { Run } from "../../../machine/step.ts";
import { embedded, NULL, type Ptr } from "../../../machine/struct.ts";
import type { Task } from "../../../machine/task.ts";
import type { Kernel } from "../../../kernel/kernel.ts";
import { mmuIntervalPassInit } from "../../../kernel/mmu_notifier/pass_ready.ts";
import { DmaFence } from "../../parts/dma_fence.ts";
import { TlbInvalFence } from "../../parts/tlb_inval_fence.ts";
import type { FinishSource } from "./finish_source.ts";
import { SvmFinish } from "./svm.ts";

/** A source of finish objects whose passes can be handed out: made ready for that before anything is sent that they wait for. */
export class PassSource implements FinishSource {
  readonly #inner: FinishSource;
  readonly #kernel: Kernel;
  readonly #first: number;
  readonly #flushTells: boolean;

  /**
   * @param first number of the function that carries out the first pass
   * @param flushTells the core waits until a pass is ready, and the flush has to say so
   */
  constructor(inner: FinishSource, kernel: Kernel, first: number, flushTells: boolean) {
    this.#inner = inner;
    this.#kernel = kernel;
    this.#first = first;
    this.#flushTells = flushTells;
  }

  powerOn(words: Int32Array): void {
    this.#inner.powerOn(words);
  }

  *reserve(task: Task, gpu: number, chunk: Ptr<"svm_chunk">): Run<Ptr<"svm_finish">> {
    return this.#inner.reserve === undefined ? NULL : this.#prepare(task, yield* this.#inner.reserve(task, gpu, chunk));
  }

  *take(task: Task, gpu: number, chunk: Ptr<"svm_chunk">): Run<Ptr<"svm_finish">> {
    return this.#prepare(task, yield* this.#inner.take(task, gpu, chunk));
  }

  put(task: Task, gpu: number, finish: Ptr<"svm_finish">): Run<void> {
    return this.#inner.put(task, gpu, finish);
  }

  #prepare(task: Task, finish: Ptr<"svm_finish">): Ptr<"svm_finish"> {
    if (finish === NULL) return NULL;
    const pass = embedded(finish, SvmFinish.pass);
    mmuIntervalPassInit(task, this.#kernel, pass, this.#first);
    const fence = embedded(embedded(finish, SvmFinish.flush), TlbInvalFence.fence);
    init(task, fence, DmaFence.pass, this.#flushTells ? pass : NULL);
    return finish;
  }
}
