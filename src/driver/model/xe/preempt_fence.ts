import { cmpxchg, readOnce, writeOnce } from "../../../machine/access.ts";
import { sleepUntil } from "../../../machine/futex.ts";
import type { Run } from "../../../machine/step.ts";
import { element, embedded, NULL, Word, type Ptr } from "../../../machine/struct.ts";
import type { Task } from "../../../machine/task.ts";
import { trace } from "../../../machine/tracepoint.ts";
import { sendCommand } from "../../../device/command_ring.ts";
import { CMD_PREEMPT, CMD_RESUME, MAX_CONTEXTS, type Gpu } from "../../../device/gpu.ts";
import {
  emitFence,
  isFenceSignaled,
  latestFence,
  RESV_LINES,
  resvLine,
  signalFence,
  waitForFence,
} from "../../parts/dma_resv.ts";
import { driverEvents } from "../../tracepoints.ts";
import { XeGpu, XeVm, type Xe } from "./xe.ts";

/**
 * Preemption fences: while a context runs, its line in the VM's reservation object has a fence that nobody has asked for.
 * Who waits for it first enables its signaling, which is what preempts the context (RULES 48).
 */

/** Line of the jobs that write page tables. */
export const BIND_LINE = 0;
const FIRST_PREEMPT_LINE = 1;
/** Between two looks at a full ring, in microseconds. */
const RING_POLL_US = 20;

/** Enable the signaling of every fence of the VM, in an unlocked iteration: are all signaled already (RULES 48)? */
export function* enableSwSignaling(task: Task, xe: Xe, vm: Ptr<"xe_vm">): Run<boolean> {
  let areAllSignaled = true;
  for (let index = 0; index < RESV_LINES; index++) {
    const line = resvLine(embedded(vm, XeVm.resv), index);
    const seqno = yield* latestFence(task, line);
    if (yield* isFenceSignaled(task, line, seqno)) continue;
    if (index >= FIRST_PREEMPT_LINE) yield* requestPreemption(task, xe, vm, index - FIRST_PREEMPT_LINE, seqno);
    areAllSignaled &&= yield* isFenceSignaled(task, line, seqno);
  }
  return areAllSignaled;
}

/**
 * Wait for the fences of the VM, uninterruptible and without a limit (RULES 51). Waiting for a fence enables its signaling: the
 * rebind worker may have resumed the contexts, with new fences, since the caller last did.
 */
export function* waitForFences(task: Task, xe: Xe, vm: Ptr<"xe_vm">): Run<void> {
  for (let index = 0; index < RESV_LINES; index++) {
    const line = resvLine(embedded(vm, XeVm.resv), index);
    const seqno = yield* latestFence(task, line);
    if (yield* isFenceSignaled(task, line, seqno)) continue;
    if (index >= FIRST_PREEMPT_LINE) yield* requestPreemption(task, xe, vm, index - FIRST_PREEMPT_LINE, seqno);
    yield* waitForFence(task, line, seqno);
  }
}

/** Was the preemption of any context asked for since it went on? If not, there is nothing to rebind for. */
export function* isPreemptionRequested(task: Task, xe: Xe, vm: Ptr<"xe_vm">): Run<boolean> {
  for (let context = 0; context < xe.gpuOf(task, vm).contexts.length; context++) {
    const seqno = yield* latestFence(task, preemptLine(vm, context));
    if ((yield* readOnce(task, element(vm, XeVm.preemptRequested, Word, context), Word.value)) === seqno) return true;
  }
  return false;
}

/** A new fence for each context. */
export function* armFences(task: Task, xe: Xe, vm: Ptr<"xe_vm">): Run<void> {
  for (let context = 0; context < xe.gpuOf(task, vm).contexts.length; context++) {
    yield* emitFence(task, preemptLine(vm, context));
  }
}

/** Let all contexts go on. Wants no answer: a preemption sent later finds its place behind it. */
export function* resumeAll(task: Task, gpu: Gpu): Run<void> {
  for (let context = 0; context < gpu.contexts.length; context++) yield* send(task, gpu, CMD_RESUME, 0, context);
}

/** Interrupt: a CMD_PREEMPT was answered. The rebind worker is queued before anybody can see the fence signaled. */
export function* preemptionDone(task: Task, xe: Xe, gpu: Gpu, answer: number): Run<void> {
  const vm = (yield* readOnce(task, xe.xeGpus[gpu.index], XeGpu.vm)) as Ptr<"xe_vm">;
  if (vm === NULL) return;
  trace(task, driverEvents.fenceSignallingBegin);
  yield* writeOnce(task, vm, XeVm.rebindQueued, 1);
  yield* signalFence(task, preemptLine(vm, answer % MAX_CONTEXTS), Math.floor(answer / MAX_CONTEXTS));
  trace(task, driverEvents.fenceSignallingEnd);
}

/** Once for each fence, whoever asks first. */
function* requestPreemption(task: Task, xe: Xe, vm: Ptr<"xe_vm">, context: number, seqno: number): Run<void> {
  const requested = element(vm, XeVm.preemptRequested, Word, context);
  const former = yield* readOnce(task, requested, Word.value);
  if (former === seqno || (yield* cmpxchg(task, requested, Word.value, former, seqno)) !== former) return;
  // The answer brings back one number only: it has to name the context too.
  yield* send(task, xe.gpuOf(task, vm), CMD_PREEMPT, seqno * MAX_CONTEXTS + context, context);
}

function* send(task: Task, gpu: Gpu, op: number, seqno: number, context: number): Run<void> {
  while (!(yield* sendCommand(task, gpu, { op, seqno, asid: 0, start: context, end: 0 }))) {
    yield* sleepUntil(task, task.nowUs() + RING_POLL_US);
  }
}

function preemptLine(vm: Ptr<"xe_vm">, context: number): Ptr<"fence_line"> {
  return resvLine(embedded(vm, XeVm.resv), FIRST_PREEMPT_LINE + context);
}
