import { read, write } from "../../../machine/access.ts";
import { archSpinLock, archSpinUnlock } from "../../../machine/arch_spinlock.ts";
import type { Run } from "../../../machine/step.ts";
import { embedded, type Ptr } from "../../../machine/struct.ts";
import { trace } from "../../../machine/tracepoint.ts";
import type { Task } from "../../../machine/task.ts";
import { sendCommand } from "../../../device/command_ring.ts";
import { CMD_TLB_INVAL_RANGE, GpuVm, type Gpu } from "../../../device/gpu.ts";
import { spinLock, spinUnlock } from "../../../kernel/locking/spinlock.ts";
import { tlbInvalRange, type FlushRange } from "../../parts/tlb_inval_range.ts";
import { nextTlbInvalSeqno } from "../../parts/tlb_inval_seqno.ts";
import { driverEvents } from "../../tracepoints.ts";
import { hwOf, KvmGpu, type Kvm } from "./kvm.ts";

/**
 * Invalidate a range of the VM in the GPU's TLBs, and wait for the answers without sleeping, as for an inter-processor interrupt:
 * the caller holds `mmuLock`. There is no time-out: firmware that never answers hangs the machine, as a processor that takes no
 * interrupts does.
 */
export function* flushRange(task: Task, kvm: Kvm, vm: Ptr<"kvm_vm">, range: FlushRange): Run<void> {
  const gpu = kvm.gpuOf(task, vm);
  const kvmGpu = kvm.kvmGpus[gpu.index];
  const asid = yield* read(task, hwOf(vm), GpuVm.asid);
  yield* spinLock(task, embedded(kvmGpu, KvmGpu.lock));
  for (const tlbDomain of gpu.tlbs.keys()) yield* call(task, kvmGpu, gpu, asid, tlbDomain, tlbInvalRange(range.start, range.end));
  yield* spinUnlock(task, embedded(kvmGpu, KvmGpu.lock));
}

/** One at a time for each GPU, so that the ring is never full. */
function* call(
  task: Task,
  kvmGpu: Ptr<"kvm_gpu">,
  gpu: Gpu,
  asid: number,
  tlbDomain: number,
  { start, end }: FlushRange,
): Run<void> {
  const sinceUs = task.nowUs();
  const seqno = nextTlbInvalSeqno(yield* read(task, kvmGpu, KvmGpu.seqno));
  yield* write(task, kvmGpu, KvmGpu.seqno, seqno);
  yield* archSpinLock(task, embedded(kvmGpu, KvmGpu.call));
  trace(task, driverEvents.flushSubmit, gpu.index, start, end, seqno);
  yield* sendCommand(task, gpu, { op: CMD_TLB_INVAL_RANGE, seqno, asid, start, end, tlbDomain });
  yield* archSpinLock(task, embedded(kvmGpu, KvmGpu.call)); // the answer lets us in
  yield* archSpinUnlock(task, embedded(kvmGpu, KvmGpu.call));
  trace(task, driverEvents.flushWaited, gpu.index, seqno, 0, Math.round(task.nowUs() - sinceUs));
}

/** Interrupt: the GPU answered. */
export function flushAnswered(task: Task, kvm: Kvm, gpu: Gpu): Run<void> {
  return archSpinUnlock(task, embedded(kvm.kvmGpus[gpu.index], KvmGpu.call));
}
