import {
  cmpxchg,
  fetchAdd,
  loadAcquire,
  peekAddr,
  pokeAddr,
  read,
  readOnce,
  readPtr,
  storeRelease,
  write,
} from "../machine/access.ts";
import { futexWait, futexWake } from "../machine/futex.ts";
import type { Run } from "../machine/step.ts";
import { embedded, type Ptr } from "../machine/struct.ts";
import type { Task } from "../machine/task.ts";
import { trace } from "../machine/tracepoint.ts";
import { Event, signalEvent } from "./event.ts";
import {
  FAULT_ANSWERED,
  FAULT_NONE,
  FAULT_PENDING,
  FAULT_TAKEN,
  FaultLine,
  GpuContext,
  GpuFaultEntry,
  GpuRegisters,
  type Gpu,
} from "./gpu.ts";
import { preemptionPoint } from "./preemption.ts";
import { deviceEvents } from "./tracepoints.ts";

/** The fault buffer: a slot for each context, since a context that faulted does nothing else until it is answered. */

/** A fault that the caller has taken and has to answer. */
export interface FaultTaken {
  /** For {@link answerFault}. */
  readonly slot: number;
  readonly context: number;
  readonly vm: Ptr<"gpu_vm">;
  readonly va: number;
  /** ACCESS_* */
  readonly kind: number;
}

/** The context was stopped before its fault was answered; errors are negative. */
export const FAULT_STOPPED = 1;

/** Take a fault that waits for service, or null. Any CPU may take; turns go round the contexts. */
export function* takeFault(task: Task, gpu: Gpu): Run<FaultTaken | null> {
  const { contexts, regs } = gpu;
  const first = (yield* readOnce(task, regs, GpuRegisters.faultsTaken)) >>> 0;
  for (let i = 0; i < contexts.length; i++) {
    const slot = (first + i) % contexts.length;
    const fault = faultOf(gpu, slot);
    if ((yield* readOnce(task, fault, GpuFaultEntry.state)) !== FAULT_PENDING) continue;
    if ((yield* cmpxchg(task, fault, GpuFaultEntry.state, FAULT_PENDING, FAULT_TAKEN)) !== FAULT_PENDING) continue;
    yield* fetchAdd(task, regs, GpuRegisters.faultsTaken, 1);
    const vm: Ptr<"gpu_vm"> = yield* readPtr(task, fault, GpuFaultEntry.vm); // the whole slot in one read
    const { words } = task;
    return {
      slot,
      context: slot,
      vm,
      va: peekAddr(words, fault + GpuFaultEntry.va),
      kind: words[fault + GpuFaultEntry.kind],
    };
  }
  return null;
}

/** Answer a fault that was taken: 0, try again; a negative error, give up. */
export function* answerFault(task: Task, gpu: Gpu, slot: number, result: number): Run<void> {
  const fault = faultOf(gpu, slot);
  yield* write(task, fault, GpuFaultEntry.result, result);
  yield* storeRelease(task, fault, GpuFaultEntry.state, FAULT_ANSWERED);
  yield* signalEvent(task, embedded(gpu.contexts[slot], GpuContext.event));
}

/** Context: report a fault, and wait for its answer: 0, a negative error, or FAULT_STOPPED. It can be preempted meanwhile. */
export function* raiseFault(task: Task, gpu: Gpu, context: number, vm: Ptr<"gpu_vm">, va: number, kind: number): Run<number> {
  const fault = faultOf(gpu, context);
  trace(task, deviceEvents.fault, gpu.index, context, va, kind);
  yield* write(task, fault, GpuFaultEntry.vm, vm); // the whole slot in one write
  pokeAddr(task.words, fault + GpuFaultEntry.va, va);
  task.words[fault + GpuFaultEntry.kind] = kind;
  yield* storeRelease(task, fault, GpuFaultEntry.state, FAULT_PENDING);
  yield* fetchAdd(task, gpu.faultLine, FaultLine.count, 1);
  yield* futexWake(task, gpu.faultLine, FaultLine.count);
  const result = yield* waitForAnswer(task, gpu, gpu.contexts[context], fault);
  if (result !== FAULT_STOPPED) trace(task, deviceEvents.faultAnswered, gpu.index, context, va, result);
  return result;
}

function* waitForAnswer(task: Task, gpu: Gpu, context: Ptr<"gpu_context">, fault: Ptr<"gpu_fault">): Run<number> {
  const event = embedded(context, GpuContext.event);
  for (;;) {
    const count = yield* readOnce(task, event, Event.count);
    if ((yield* loadAcquire(task, fault, GpuFaultEntry.state)) === FAULT_ANSWERED) {
      const result = yield* read(task, fault, GpuFaultEntry.result);
      yield* storeRelease(task, fault, GpuFaultEntry.state, FAULT_NONE);
      return result;
    }
    if (!(yield* preemptionPoint(task, gpu, context, true))) return FAULT_STOPPED;
    yield* futexWait(task, event, Event.count, count);
  }
}

function faultOf(gpu: Gpu, context: number): Ptr<"gpu_fault"> {
  return embedded(gpu.contexts[context], GpuContext.fault);
}
