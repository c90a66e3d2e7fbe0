import { readPtr, write } from "../../machine/access.ts";
import type { Layout } from "../../machine/layout.ts";
import type { Run } from "../../machine/step.ts";
import { containerOf, embedded, NULL, type Ptr } from "../../machine/struct.ts";
import { trace } from "../../machine/tracepoint.ts";
import { CMD_PREEMPT, type Gpu } from "../../device/gpu.ts";
import type { Current } from "../../kernel/current.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import { mutexLock, mutexUnlock } from "../../kernel/locking/mutex.ts";
import { mmuIntervalSetSeq } from "../../kernel/mmu_notifier/interval.ts";
import { MmuIntervalNotifierPass } from "../../kernel/mmu_notifier/structs.ts";
import type { MmuIntervalNotifierOps, MmuNotifierRange, PassSlot } from "../../kernel/mmu_notifier/types.ts";
import type { Driver } from "../driver.ts";
import { gpuPtHasAny, gpuPtZap } from "../parts/gpu_page_table.ts";
import type { DriverOptions } from "../options.ts";
import { chunkOf, clipToChunk } from "./svm/chunk.ts";
import { flushUnderWay, sendFlush, waitForFlush } from "./svm/chunk_flush.ts";
import { createFinishSource, type FinishSource } from "./svm/finish_source.ts";
import { invalidateWithoutBlocking } from "./svm/non_blocking.ts";
import { PassSource } from "./svm/pass_source.ts";
import {
  beginPreemption,
  endPreemption,
  preemptionAnswered,
  Preemptions,
  tellWhenPreempted,
  waitForPreemption,
} from "./svm/preemption.ts";
import { hwOf, Svm, SvmChunk, SvmFinish, SvmVm } from "./svm/svm.ts";
import { SvmDriver } from "./svm/svm_driver.ts";
import { tlbInvalTimeouts } from "../parts/tlb_inval_timeouts.ts";
import { tlbInvalJoin } from "../parts/tlb_inval.ts";
import { driverEvents } from "../tracepoints.ts";

type Pass = Ptr<"mmu_interval_notifier_pass">;

interface Kind {
  /** The core waits until a pass is ready. */
  readonly tellsReady: boolean;
  /** The second stage does not return before the flush is done, so that there is no third. */
  readonly isTwoStaged: boolean;
}

/**
 * A driver with three stages under a core that allows any number of passes: start to preempt the GPU's contexts; wait for that,
 * zap and send the TLB invalidation; wait for it and let the contexts go on. The RFC of 9 Aug 2025 argued that bind waits, the
 * start of a preemption and the wait for it can be pipelined so (RULES c; Hellström, who later said that he thought he had a case
 * for three passes and did not). Gunthorpe's objection is to its neighbours with two stages, which wait behind it.
 */
export function nPass3(options: DriverOptions, layout: Layout, kernel: Kernel, gpus: readonly Gpu[]): Driver {
  return threeStages("n-pass-3", { tellsReady: false, isTwoStaged: false }, options, layout, kernel, gpus);
}

/**
 * The same work in two stages: start to preempt; wait for that, flush and wait for the flush. So xe's userptrs do it while fences
 * are pending (flow F1, RULES 49): preemptions overlap, flushes do not.
 */
export function nPass2(options: DriverOptions, layout: Layout, kernel: Kernel, gpus: readonly Gpu[]): Driver {
  return threeStages("n-pass-2", { tellsReady: false, isTwoStaged: true }, options, layout, kernel, gpus);
}

/** The same under a core that waits until a pass is ready. */
export function nPass3Own(options: DriverOptions, layout: Layout, kernel: Kernel, gpus: readonly Gpu[]): Driver {
  return threeStages("n-pass-3-own", { tellsReady: true, isTwoStaged: false }, options, layout, kernel, gpus);
}

function threeStages(
  name: string,
  kind: Kind,
  options: DriverOptions,
  layout: Layout,
  kernel: Kernel,
  gpus: readonly Gpu[],
): Driver {
  const svm = new Svm(layout, kernel, gpus);
  const stages = new Stages(kind, options, layout, svm);
  return new SvmDriver(name, svm, stages.ops(), [stages.finishes], (current, gpu, seqno, op) =>
    stages.answered(current, gpu, seqno, op),
  );
}

/** The stages, over what they share: addresses, no state. */
class Stages {
  readonly finishes: FinishSource;
  readonly #kind: Kind;
  readonly #svm: Svm;
  readonly #preemptions: Preemptions;
  /** Number of the function of the third stage. */
  readonly #flushed: number;

  constructor(kind: Kind, options: DriverOptions, layout: Layout, svm: Svm) {
    const { kernel } = svm;
    this.#kind = kind;
    this.#svm = svm;
    this.#preemptions = new Preemptions(layout, svm.gpus);
    const preempted = kernel.notifier.registerIntervalPass({
      run: (current, pass, range) => this.#whenPreempted(current, pass, range),
    });
    this.#flushed = kernel.notifier.registerIntervalPass({
      run: (current, pass) => this.#whenFlushed(current, pass),
      stalled: (current) => tlbInvalTimeouts(current, svm.tlbInvals),
    });
    this.finishes = new PassSource(createFinishSource(layout, svm, options.finish), kernel, preempted, kind.tellsReady);
  }

  ops(): MmuIntervalNotifierOps {
    return { invalidateMultipass: (...args) => this.#start(...args) };
  }

  /** Interrupt. */
  *answered(current: Current, gpu: Gpu, seqno: number, op: number): Run<void> {
    if (op === CMD_PREEMPT) yield* preemptionAnswered(current, this.#preemptions, gpu, seqno);
  }

  /** First stage. From set_seq on no fault commits, so that what is there to be zapped is there until the second (RULES 22). */
  *#start(
    current: Current,
    notifier: Ptr<"mmu_interval_notifier">,
    range: MmuNotifierRange,
    curSeq: number,
    slot: PassSlot,
  ): Run<boolean> {
    const svm = this.#svm;
    const chunk = chunkOf(notifier);
    const vm: Ptr<"svm_vm"> = yield* readPtr(current, chunk, SvmChunk.vm);
    const clip = yield* clipToChunk(current, chunk, range);
    if (!range.blockable) return yield* invalidateWithoutBlocking(current, svm, chunk, vm, clip, curSeq);
    const gpu = svm.gpuOf(current, vm);
    const reserved = this.finishes.reserve === undefined ? NULL : yield* this.finishes.reserve(current, gpu.index, chunk);
    yield* mutexLock(current, embedded(vm, SvmVm.notifierLock));
    yield* mmuIntervalSetSeq(current, notifier, curSeq);
    const hasWork =
      (yield* flushUnderWay(current, chunk)) !== 0 || (yield* gpuPtHasAny(current, gpu, hwOf(vm), clip.start, clip.end));
    const finish = hasWork && reserved === NULL ? yield* this.finishes.take(current, gpu.index, chunk) : reserved;
    yield* mutexUnlock(current, embedded(vm, SvmVm.notifierLock));
    if (!hasWork) {
      if (reserved !== NULL) yield* this.finishes.put(current, gpu.index, reserved);
      return true;
    }
    yield* beginPreemption(current, this.#preemptions, gpu);
    if (finish === NULL) {
      trace(current, driverEvents.finishFallback, gpu.index, notifier);
      yield* waitForPreemption(current, this.#preemptions, gpu);
      const fence = svm.stackFences.of(current);
      if (yield* zapAndFlush(current, svm, chunk, fence, range)) yield* waitForFlush(current, svm, chunk, fence);
      yield* endPreemption(current, this.#preemptions, gpu);
      return true;
    }
    slot.pass = embedded(finish, SvmFinish.pass);
    if (this.#kind.tellsReady) yield* tellWhenPreempted(current, this.#preemptions, gpu, slot.pass);
    return true;
  }

  /** Second stage. */
  *#whenPreempted(current: Current, pass: Pass, range: MmuNotifierRange): Run<Pass> {
    const svm = this.#svm;
    const chunk = chunkOf(yield* readPtr(current, pass, MmuIntervalNotifierPass.notifier));
    const vm: Ptr<"svm_vm"> = yield* readPtr(current, chunk, SvmChunk.vm);
    yield* waitForPreemption(current, this.#preemptions, svm.gpuOf(current, vm));
    const finish = containerOf(pass, SvmFinish.pass);
    const fence = embedded(finish, SvmFinish.flush);
    const isFlushing = yield* zapAndFlush(current, svm, chunk, fence, range);
    if (isFlushing && this.#kind.isTwoStaged) yield* waitForFlush(current, svm, chunk, fence);
    if (!isFlushing || this.#kind.isTwoStaged) {
      yield* this.#goOn(current, vm, finish);
      return NULL;
    }
    yield* write(current, pass, MmuIntervalNotifierPass.pass, this.#flushed);
    return pass;
  }

  /** Third stage. */
  *#whenFlushed(current: Current, pass: Pass): Run<Pass> {
    const finish = containerOf(pass, SvmFinish.pass);
    const chunk = chunkOf(yield* readPtr(current, pass, MmuIntervalNotifierPass.notifier));
    yield* waitForFlush(current, this.#svm, chunk, embedded(finish, SvmFinish.flush));
    yield* this.#goOn(current, yield* readPtr(current, chunk, SvmChunk.vm), finish);
    return NULL;
  }

  /** The end of an invocation. */
  *#goOn(current: Current, vm: Ptr<"svm_vm">, finish: Ptr<"svm_finish">): Run<void> {
    const gpu = this.#svm.gpuOf(current, vm);
    yield* endPreemption(current, this.#preemptions, gpu);
    yield* this.finishes.put(current, gpu.index, finish);
  }
}

/**
 * Take the translations away; false if there is no flush to be waited for: another invocation zapped, and waited, meanwhile.
 */
function* zapAndFlush(
  current: Current,
  svm: Svm,
  chunk: Ptr<"svm_chunk">,
  fence: Ptr<"tlb_inval_fence">,
  range: MmuNotifierRange,
): Run<boolean> {
  const vm: Ptr<"svm_vm"> = yield* readPtr(current, chunk, SvmChunk.vm);
  const clip = yield* clipToChunk(current, chunk, range);
  yield* mutexLock(current, embedded(vm, SvmVm.notifierLock));
  const hasZapped = yield* gpuPtZap(current, svm.gpuOf(current, vm), hwOf(vm), clip.start, clip.end);
  const underWay = yield* flushUnderWay(current, chunk);
  if (hasZapped) yield* sendFlush(current, svm, vm, chunk, fence, clip);
  else if (underWay !== 0) yield* tlbInvalJoin(current, svm.tlbInvalOf(current, vm), fence, underWay); // RULES 21
  yield* mutexUnlock(current, embedded(vm, SvmVm.notifierLock));
  return hasZapped || underWay !== 0;
}
