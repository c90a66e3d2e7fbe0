import { read, readPtr, write } from "../../machine/access.ts";
import type { Layout } from "../../machine/layout.ts";
import type { Run } from "../../machine/step.ts";
import { embedded, NULL, type Ptr } from "../../machine/struct.ts";
import { GpuVm, type Gpu } from "../../device/gpu.ts";
import type { Current } from "../../kernel/current.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import { mutexLock, mutexTryLock, mutexUnlock } from "../../kernel/locking/mutex.ts";
import { mmuIntervalSetSeq } from "../../kernel/mmu_notifier/interval.ts";
import type { MmuNotifierRange } from "../../kernel/mmu_notifier/types.ts";
import type { Driver } from "../driver.ts";
import { gpuPtHasAny, gpuPtZap } from "../parts/gpu_page_table.ts";
import { chunkOf, clipToChunk } from "./svm/chunk.ts";
import { firstMember, joinProcess, leaveProcess, nextMember, Processes, processOf, SvmMember } from "./svm/process.ts";
import { hwOf, Svm, SvmChunk, SvmVm, vmOf } from "./svm/svm.ts";
import { SvmDriver } from "./svm/svm_driver.ts";
import { tlbInvalIssueRange, tlbInvalWaitFlushed } from "../parts/tlb_inval.ts";
import type { FlushRange } from "../parts/tlb_inval_range.ts";

/**
 * Per-driver multiplexing (RULES d 6): one notifier for all GPUs of the driver, which fans out by itself: zaps all, sends all
 * flushes, waits for all, in a single pass. What the RFC's cover letter (Hellström) weighed and did not take: no change of the
 * core, and the GPUs' latencies overlap all the same; but they share one user lock, so that a fault of any GPU waits for the
 * slowest flush of all, and commits of different GPUs for each other. And GPUs of different drivers do not overlap.
 */
export function multiplexed(layout: Layout, kernel: Kernel, gpus: readonly Gpu[]): Driver {
  const svm = new Svm(layout, kernel, gpus);
  return new MultiplexedDriver(svm, new Processes(layout, svm));
}

class MultiplexedDriver extends SvmDriver {
  readonly #processes: Processes;

  constructor(svm: Svm, processes: Processes) {
    super(
      "multiplexed",
      svm,
      {
        invalidate: (current, notifier, range, curSeq) => invalidate(current, svm, notifier, range, curSeq),
      },
      [processes],
    );
    this.#processes = processes;
  }

  override *open(current: Current, gpu: Gpu, mm: Ptr<"mm_struct">): Run<Ptr<"gpu_vm">> {
    const vm = yield* joinProcess(current, this.#processes, gpu, mm);
    return vm === NULL ? NULL : hwOf(vm);
  }

  override close(current: Current, vm: Ptr<"gpu_vm">): Run<void> {
    return leaveProcess(current, this.#processes, vmOf(vm));
  }
}

function* invalidate(
  current: Current,
  svm: Svm,
  notifier: Ptr<"mmu_interval_notifier">,
  range: MmuNotifierRange,
  curSeq: number,
): Run<boolean> {
  const chunk = chunkOf(notifier);
  const watcher: Ptr<"svm_vm"> = yield* readPtr(current, chunk, SvmChunk.vm);
  const clip = yield* clipToChunk(current, chunk, range);
  const lock = embedded(watcher, SvmVm.notifierLock);
  if (range.blockable) yield* mutexLock(current, lock);
  else if (!(yield* mutexTryLock(current, lock))) return false;
  const first = yield* firstMember(current, processOf(watcher));
  const isPossible = range.blockable || !(yield* isMirrored(current, svm, first, clip)); // else it would have to wait (RULES 29)
  if (isPossible) {
    yield* mmuIntervalSetSeq(current, notifier, curSeq);
    yield* sendFlushes(current, svm, first, clip);
    yield* waitForFlushes(current, svm, first);
  }
  yield* mutexUnlock(current, lock);
  return isPossible;
}

/** Does any GPU map a page of the range? */
function* isMirrored(current: Current, svm: Svm, first: Ptr<"svm_member">, clip: FlushRange): Run<boolean> {
  for (let member = first; member !== NULL; member = yield* nextMember(current, member)) {
    const vm: Ptr<"svm_vm"> = yield* readPtr(current, member, SvmMember.vm);
    if (yield* gpuPtHasAny(current, svm.gpuOf(current, vm), hwOf(vm), clip.start, clip.end)) return true;
  }
  return false;
}

function* sendFlushes(current: Current, svm: Svm, first: Ptr<"svm_member">, clip: FlushRange): Run<void> {
  for (let member = first; member !== NULL; member = yield* nextMember(current, member)) {
    const vm: Ptr<"svm_vm"> = yield* readPtr(current, member, SvmMember.vm);
    const zapped = yield* gpuPtZap(current, svm.gpuOf(current, vm), hwOf(vm), clip.start, clip.end);
    yield* write(current, member, SvmMember.isFlushing, zapped ? 1 : 0);
    if (!zapped) continue;
    const asid = yield* read(current, hwOf(vm), GpuVm.asid);
    yield* tlbInvalIssueRange(
      current,
      svm.tlbInvalOf(current, vm),
      embedded(member, SvmMember.flush),
      asid,
      clip.start,
      clip.end,
    );
  }
}

function* waitForFlushes(current: Current, svm: Svm, first: Ptr<"svm_member">): Run<void> {
  for (let member = first; member !== NULL; member = yield* nextMember(current, member)) {
    if ((yield* read(current, member, SvmMember.isFlushing)) === 0) continue;
    const vm: Ptr<"svm_vm"> = yield* readPtr(current, member, SvmMember.vm);
    const asid = yield* read(current, hwOf(vm), GpuVm.asid);
    yield* tlbInvalWaitFlushed(current, svm.tlbInvalOf(current, vm), embedded(member, SvmMember.flush), asid);
  }
}
