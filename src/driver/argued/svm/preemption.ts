import { read, readPtr, write } from "../../../machine/access.ts";
import { sleepUntil } from "../../../machine/futex.ts";
import type { Layout } from "../../../machine/layout.ts";
import type { Run } from "../../../machine/step.ts";
import { array, element, embedded, NULL, struct, u32, type Ptr } from "../../../machine/struct.ts";
import type { Task } from "../../../machine/task.ts";
import { trace } from "../../../machine/tracepoint.ts";
import { sendCommand } from "../../../device/command_ring.ts";
import { CMD_PREEMPT, CMD_RESUME, MAX_CONTEXTS, type Gpu } from "../../../device/gpu.ts";
import { Mutex, mutexLock, mutexUnlock } from "../../../kernel/locking/mutex.ts";
import { Spinlock, spinLock, spinUnlock } from "../../../kernel/locking/spinlock.ts";
import { mmuIntervalPassReady } from "../../../kernel/mmu_notifier/pass_ready.ts";
import { MmuIntervalNotifierPass } from "../../../kernel/mmu_notifier/structs.ts";
import { emitFence, FenceLine, isFenceSignaled, latestFence, signalFence, waitForFence } from "../../parts/dma_resv.ts";
import { driverEvents } from "../../tracepoints.ts";

/**
 * Preemption of all contexts of a GPU while somebody changes its page table: what a driver with three stages starts, waits for
 * and ends. Several invocations may want it at once: the first stops the contexts, the last lets them go on.
 */
export const SvmPreemption = struct("svm_preemption", {
  /** Covers counting and sending. Inside the user lock, never held while anybody waits for a context. */
  lock: Mutex,
  /** Invocations that want the contexts to stand still. */
  users: u32,
  /** One fence for each time that a context is stopped. */
  lines: array(FenceLine, MAX_CONTEXTS),
  /** Guards `waiting`, and that nobody is added to it when it is too late. Also taken in interrupts. */
  waitingLock: Spinlock,
  /** Passes of invalidations that are ready once all contexts stand still. */
  waiting: u32,
});

/** Between two looks at a full ring, in microseconds. */
const RING_POLL_US = 20;

/** The GPUs' preemptions: addresses, no state. */
export class Preemptions {
  readonly #of: readonly Ptr<"svm_preemption">[];

  constructor(layout: Layout, gpus: readonly Gpu[]) {
    this.#of = gpus.map((gpu) => layout.place(SvmPreemption, `${gpu.name}.preemption`));
  }

  of(gpu: Gpu): Ptr<"svm_preemption"> {
    return this.#of[gpu.index];
  }
}

/** Ask all contexts to stop, and see that they stay where they stop until {@link endPreemption}. Does not wait. */
export function* beginPreemption(task: Task, preemptions: Preemptions, gpu: Gpu): Run<void> {
  const preemption = preemptions.of(gpu);
  yield* mutexLock(task, embedded(preemption, SvmPreemption.lock));
  const users = yield* read(task, preemption, SvmPreemption.users);
  yield* write(task, preemption, SvmPreemption.users, users + 1);
  for (let context = 0; users === 0 && context < gpu.contexts.length; context++) {
    const seqno = yield* emitFence(task, lineOf(preemption, context));
    yield* send(task, gpu, CMD_PREEMPT, seqno * MAX_CONTEXTS + context, context); // the answer brings back one number only
  }
  yield* mutexUnlock(task, embedded(preemption, SvmPreemption.lock));
}

/** Do all contexts stand still? Between begin and end nobody asks anew, so that the latest fences are those to look at. */
function* isPreempted(task: Task, preemptions: Preemptions, gpu: Gpu): Run<boolean> {
  for (let context = 0; context < gpu.contexts.length; context++) {
    const line = lineOf(preemptions.of(gpu), context);
    if (!(yield* isFenceSignaled(task, line, yield* latestFence(task, line)))) return false;
  }
  return true;
}

/** Wait until they do. */
export function* waitForPreemption(task: Task, preemptions: Preemptions, gpu: Gpu): Run<void> {
  for (let context = 0; context < gpu.contexts.length; context++) {
    const line = lineOf(preemptions.of(gpu), context);
    yield* waitForFence(task, line, yield* latestFence(task, line));
  }
}

/** Say that `pass` is ready once all contexts stand still. Its task is between begin and end. */
export function* tellWhenPreempted(
  task: Task,
  preemptions: Preemptions,
  gpu: Gpu,
  pass: Ptr<"mmu_interval_notifier_pass">,
): Run<void> {
  const preemption = preemptions.of(gpu);
  yield* spinLock(task, embedded(preemption, SvmPreemption.waitingLock));
  const isReady = yield* isPreempted(task, preemptions, gpu);
  if (!isReady) {
    yield* write(task, pass, MmuIntervalNotifierPass.link, yield* read(task, preemption, SvmPreemption.waiting));
    yield* write(task, preemption, SvmPreemption.waiting, pass);
  }
  yield* spinUnlock(task, embedded(preemption, SvmPreemption.waitingLock));
  if (isReady) yield* mmuIntervalPassReady(task, pass);
}

/** Let the contexts go on, unless somebody else wants them to stand still. */
export function* endPreemption(task: Task, preemptions: Preemptions, gpu: Gpu): Run<void> {
  const preemption = preemptions.of(gpu);
  yield* mutexLock(task, embedded(preemption, SvmPreemption.lock));
  const users = (yield* read(task, preemption, SvmPreemption.users)) - 1;
  yield* write(task, preemption, SvmPreemption.users, users);
  for (let context = 0; users === 0 && context < gpu.contexts.length; context++) {
    yield* send(task, gpu, CMD_RESUME, 0, context); // no answer: a preemption sent later finds its place behind it
  }
  yield* mutexUnlock(task, embedded(preemption, SvmPreemption.lock));
}

/** Interrupt: a CMD_PREEMPT was answered. */
export function* preemptionAnswered(task: Task, preemptions: Preemptions, gpu: Gpu, answer: number): Run<void> {
  const preemption = preemptions.of(gpu);
  trace(task, driverEvents.fenceSignallingBegin);
  yield* spinLock(task, embedded(preemption, SvmPreemption.waitingLock));
  yield* signalFence(task, lineOf(preemption, answer % MAX_CONTEXTS), Math.floor(answer / MAX_CONTEXTS));
  if (yield* isPreempted(task, preemptions, gpu)) yield* tellWaiting(task, preemption);
  yield* spinUnlock(task, embedded(preemption, SvmPreemption.waitingLock));
  trace(task, driverEvents.fenceSignallingEnd);
}

function* tellWaiting(task: Task, preemption: Ptr<"svm_preemption">): Run<void> {
  let pass: Ptr<"mmu_interval_notifier_pass"> = yield* readPtr(task, preemption, SvmPreemption.waiting);
  yield* write(task, preemption, SvmPreemption.waiting, NULL);
  while (pass !== NULL) {
    const next: Ptr<"mmu_interval_notifier_pass"> = yield* readPtr(task, pass, MmuIntervalNotifierPass.link);
    yield* mmuIntervalPassReady(task, pass);
    pass = next;
  }
}

function lineOf(preemption: Ptr<"svm_preemption">, context: number): Ptr<"fence_line"> {
  return element(preemption, SvmPreemption.lines, FenceLine, context);
}

function* send(task: Task, gpu: Gpu, op: number, seqno: number, context: number): Run<void> {
  while (!(yield* sendCommand(task, gpu, { op, seqno, asid: 0, start: context, end: 0 }))) {
    yield* sleepUntil(task, task.nowUs() + RING_POLL_US);
  }
}
