import { cmpxchg, loadAcquire, peekAddr, readOnce, storeRelease, writeAddr } from "../machine/access.ts";
import { futexWait } from "../machine/futex.ts";
import type { Run } from "../machine/step.ts";
import { embedded, type Ptr } from "../machine/struct.ts";
import type { Task } from "../machine/task.ts";
import { trace } from "../machine/tracepoint.ts";
import { answerCommand } from "./completion_ring.ts";
import { Event, signalEvent } from "./event.ts";
import {
  CMD_RESUME,
  COMMAND_APPLIED,
  COMMAND_DONE,
  COMMAND_TAKEN,
  CONTEXT_PARKED,
  CONTEXT_RUNNING,
  GpuCommand,
  GpuContext,
  REQUEST_PARK,
  REQUEST_RUN,
  REQUEST_STOP,
  type Gpu,
} from "./gpu.ts";
import { drawLatencyUs } from "./latency.ts";
import { deviceEvents } from "./tracepoints.ts";

/**
 * Preemption. Engine and context each say first what they want or do, and look second: the engine writes `request` and then
 * reads `state`, the context writes `state` and then reads `request`. So a context whose preemption was answered does not
 * start another access before it is resumed.
 */

/** Engine: carry out a CMD_PREEMPT or CMD_RESUME as far as it goes; none ahead of it on the ring is about the same context. */
export function* servePreemption(task: Task, gpu: Gpu, command: Ptr<"gpu_command">): Run<void> {
  const { words } = task;
  const index = words[command + GpuCommand.start];
  const context = gpu.contexts[index];
  if (words[command + GpuCommand.op] === CMD_RESUME) {
    Atomics.store(words, context + GpuContext.isHeld, 0);
    trace(task, deviceEvents.resumed, gpu.index, index);
    yield* cmpxchg(task, context, GpuContext.request, REQUEST_PARK, REQUEST_RUN); // not REQUEST_STOP
    yield* signalEvent(task, embedded(context, GpuContext.event));
  } else {
    if (words[command + GpuCommand.phase] === COMMAND_TAKEN) yield* requestPark(task, gpu, context, command);
    if ((yield* loadAcquire(task, context, GpuContext.state)) === CONTEXT_RUNNING) return; // rings when it has parked
    Atomics.store(words, context + GpuContext.isHeld, 1);
    trace(task, deviceEvents.preempted, gpu.index, index, words[command + GpuCommand.seqno]);
  }
  words[command + GpuCommand.phase] = COMMAND_DONE;
  yield* answerCommand(task, gpu, command);
}

function* requestPark(task: Task, gpu: Gpu, context: Ptr<"gpu_context">, command: Ptr<"gpu_command">): Run<void> {
  const latencyNs = Math.round((yield* drawLatencyUs(task, gpu.config.preemptLatencyUs)) * 1000);
  const sentNs = peekAddr(task.words, command + GpuCommand.sentNs);
  yield* writeAddr(task, context, GpuContext.parkAtNs, sentNs + latencyNs);
  yield* cmpxchg(task, context, GpuContext.request, REQUEST_RUN, REQUEST_PARK);
  yield* signalEvent(task, embedded(context, GpuContext.event));
  task.words[command + GpuCommand.phase] = COMMAND_APPLIED;
}

/**
 * Context: no access is in flight; stop here as long as the engine wants it. A context that waits for something (`isWaiting`)
 * stops at once, one that runs when the latency is over. False if the context is to end.
 */
export function* preemptionPoint(task: Task, gpu: Gpu, context: Ptr<"gpu_context">, isWaiting: boolean): Run<boolean> {
  const request = yield* readOnce(task, context, GpuContext.request);
  if (request === REQUEST_RUN) return true;
  if (request === REQUEST_STOP) return false;
  if (!isWaiting && task.nowUs() < peekAddr(task.words, context + GpuContext.parkAtNs) / 1000) return true;
  return yield* park(task, gpu, context);
}

/** False if the context is to end. */
function* park(task: Task, gpu: Gpu, context: Ptr<"gpu_context">): Run<boolean> {
  let request: number;
  do {
    yield* storeRelease(task, context, GpuContext.state, CONTEXT_PARKED);
    yield* signalEvent(task, gpu.doorbell);
    yield* waitForOtherRequest(task, context);
    yield* storeRelease(task, context, GpuContext.state, CONTEXT_RUNNING);
    request = yield* readOnce(task, context, GpuContext.request); // preempted again meanwhile, and that answered?
  } while (request === REQUEST_PARK);
  return request === REQUEST_RUN;
}

function* waitForOtherRequest(task: Task, context: Ptr<"gpu_context">): Run<void> {
  const event = embedded(context, GpuContext.event);
  for (;;) {
    const count = yield* readOnce(task, event, Event.count);
    if ((yield* readOnce(task, context, GpuContext.request)) !== REQUEST_PARK) return;
    yield* futexWait(task, event, Event.count, count);
  }
}
