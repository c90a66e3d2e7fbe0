import { init, initAddr, read, readAddr, readPtr } from "../../../machine/access.ts";
import type { Layout } from "../../../machine/layout.ts";
import { GFP_NOWAIT, Slab } from "../../../machine/slab.ts";
import type { Run } from "../../../machine/step.ts";
import { embedded, NULL, struct, u32, u64, type Ptr } from "../../../machine/struct.ts";
import type { Current } from "../../../kernel/current.ts";
import { downWrite, upWrite } from "../../../kernel/locking/rwsem.ts";
import { MmuIntervalNotifierFinish } from "../../../kernel/mmu_notifier/structs.ts";
import type { DriverOptions } from "../../options.ts";
import { TlbInvalFence } from "../../parts/tlb_inval_fence.ts";
import { GpusvmNotifier, GpusvmVm, notifierOf, type Gpusvm } from "./gpusvm.ts";
import { releaseRanges } from "./invalidation.ts";
import { rangesIn, type Extent } from "./range.ts";

const FINISHES_PER_GPU = 8;

/** What the first pass leaves to the second: finish is told nothing but this (RULES 19). */
export const GpusvmFinish = struct("gpusvm_finish", {
  base: MmuIntervalNotifierFinish,
  flush: TlbInvalFence,
  start: u64,
  end: u64,
  event: u32,
});

/** An allocation each time that must not sleep (RULES c, 21 Aug 2025); with `--finish nowait:n` it fails in n percent. */
export function finishSlab(layout: Layout, gpus: number, { finish }: DriverOptions): Slab<"gpusvm_finish"> {
  return new Slab(layout, GpusvmFinish, gpus * FINISHES_PER_GPU, finish.kind === "nowait" ? finish.failPercent : 0);
}

/** A finish object for an invalidation of `clip`; NULL: out of memory. */
export function* allocFinish(
  current: Current,
  finishes: Slab<"gpusvm_finish">,
  clip: Extent,
  event: number,
): Run<Ptr<"gpusvm_finish">> {
  const finish = yield* finishes.alloc(current, GFP_NOWAIT);
  if (finish === NULL) return NULL;
  initAddr(current, finish, GpusvmFinish.start, clip.start);
  initAddr(current, finish, GpusvmFinish.end, clip.end);
  init(current, finish, GpusvmFinish.event, event);
  return finish;
}

/** The notifier whose second pass it is. */
export function* notifierOfFinish(current: Current, finish: Ptr<"gpusvm_finish">): Run<Ptr<"gpusvm_notifier">> {
  return notifierOf(yield* readPtr(current, embedded(finish, GpusvmFinish.base), MmuIntervalNotifierFinish.notifier));
}

/** The end work, once the flush is done: DMA-unmap, clear the flags, queue garbage; and the object is given back. */
export function* releaseFinished(
  current: Current,
  svm: Gpusvm,
  finishes: Slab<"gpusvm_finish">,
  finish: Ptr<"gpusvm_finish">,
): Run<void> {
  const notifier = yield* notifierOfFinish(current, finish);
  const vm: Ptr<"gpusvm_vm"> = yield* readPtr(current, notifier, GpusvmNotifier.vm);
  const start = yield* readAddr(current, finish, GpusvmFinish.start);
  const end = yield* readAddr(current, finish, GpusvmFinish.end);
  const event = yield* read(current, finish, GpusvmFinish.event);
  yield* downWrite(current, embedded(vm, GpusvmVm.notifierLock));
  yield* releaseRanges(current, svm, vm, yield* rangesIn(current, notifier, { start, end }), event);
  yield* upWrite(current, embedded(vm, GpusvmVm.notifierLock));
  yield* finishes.free(current, finish);
}
