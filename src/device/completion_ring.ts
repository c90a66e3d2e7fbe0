import { loadAcquire, peekAddr, readOnce, storeRelease, visit, write, writeOnce } from "../machine/access.ts";
import { futexWait } from "../machine/futex.ts";
import type { Run } from "../machine/step.ts";
import { element, embedded, type Ptr } from "../machine/struct.ts";
import type { Task } from "../machine/task.ts";
import { trace } from "../machine/tracepoint.ts";
import { isTlbInvalidation } from "./command_ring.ts";
import { Event, signalEvent } from "./event.ts";
import { GpuAnswer, GpuCommand, GpuRegisters, RING_ENTRIES, type Gpu } from "./gpu.ts";
import { isStopped } from "./stop.ts";
import { deviceEvents } from "./tracepoints.ts";

/** Runs in the interrupt of `gpu` for each answer; `seqno` counts per kind of request, as the senders number them. */
export type InterruptHandler = (seqno: number, op: number) => Run<void>;

/** Answer a request: its seqno goes on the completion ring, and the interrupt is raised. Only the engine answers. */
export function* answerCommand(task: Task, gpu: Gpu, command: Ptr<"gpu_command">): Run<void> {
  const { words } = task;
  const op = words[command + GpuCommand.op];
  const seqno = words[command + GpuCommand.seqno];
  const sentUs = peekAddr(words, command + GpuCommand.sentNs) / 1000;
  trace(task, deviceEvents.commandDone, gpu.index, op, seqno, Math.round(task.nowUs() - sentUs));
  if (seqno === 0) return;
  const { regs } = gpu;
  const tail = words[regs + GpuRegisters.doneTail]; // the engine's own: no step
  if (!(yield* waitForRoom(task, gpu, tail))) return;
  const answer = answerAt(gpu, tail);
  yield* write(task, answer, GpuAnswer.seqno, seqno);
  words[answer + GpuAnswer.op] = op;
  if (isTlbInvalidation(op)) yield* writeOnce(task, regs, GpuRegisters.seqnoRecv, seqno);
  yield* storeRelease(task, regs, GpuRegisters.doneTail, (tail + 1) | 0);
  yield* signalEvent(task, embedded(regs, GpuRegisters.interrupt));
}

/** The interrupt of a GPU: runs `handler` for each answer, in the order in which the firmware gave them. */
export function* interruptLoop(task: Task, gpu: Gpu, handler: InterruptHandler): Run<void> {
  const { regs } = gpu;
  const interrupt = embedded(regs, GpuRegisters.interrupt);
  for (;;) {
    const count = yield* readOnce(task, interrupt, Event.count);
    while (yield* handleAnswer(task, gpu, handler)) {
      /* until none is left */
    }
    if (yield* isStopped(task, gpu)) return;
    yield* futexWait(task, interrupt, Event.count, count);
  }
}

/** False if there was no answer. */
function* handleAnswer(task: Task, gpu: Gpu, handler: InterruptHandler): Run<boolean> {
  const { regs } = gpu;
  const tail = yield* loadAcquire(task, regs, GpuRegisters.doneTail);
  const head = task.words[regs + GpuRegisters.doneHead]; // the interrupt's own: no step
  if (head === tail) return false;
  const answer = answerAt(gpu, head);
  yield* visit(task, answer);
  const seqno = task.words[answer + GpuAnswer.seqno];
  const op = task.words[answer + GpuAnswer.op];
  yield* storeRelease(task, regs, GpuRegisters.doneHead, (head + 1) | 0);
  // The tail again: had the engine filled the ring since the first look, it now waits for the room just made.
  if (isFull(head, yield* readOnce(task, regs, GpuRegisters.doneTail))) yield* signalEvent(task, gpu.doorbell);
  yield* handler(seqno, op);
  return true;
}

/** False if the GPU is stopped first. */
function* waitForRoom(task: Task, gpu: Gpu, tail: number): Run<boolean> {
  const { regs } = gpu;
  while (isFull(yield* loadAcquire(task, regs, GpuRegisters.doneHead), tail)) {
    const count = yield* readOnce(task, gpu.doorbell, Event.count);
    if (yield* isStopped(task, gpu)) return false;
    if (!isFull(yield* loadAcquire(task, regs, GpuRegisters.doneHead), tail)) return true;
    yield* futexWait(task, gpu.doorbell, Event.count, count);
  }
  return true;
}

function isFull(head: number, tail: number): boolean {
  return ((tail - head) | 0) >= RING_ENTRIES;
}

function answerAt(gpu: Gpu, position: number): Ptr<"gpu_answer"> {
  return element(gpu.regs, GpuRegisters.done, GpuAnswer, position & (RING_ENTRIES - 1));
}
