import { loadAcquire, pokeAddr, read, storeRelease, visit, write } from "../machine/access.ts";
import { archSpinLock, archSpinUnlock } from "../machine/arch_spinlock.ts";
import type { Run } from "../machine/step.ts";
import { element, embedded, NULL, type Ptr } from "../machine/struct.ts";
import type { Task } from "../machine/task.ts";
import { signalEvent } from "./event.ts";
import {
  CMD_PREEMPT,
  CMD_RESUME,
  CMD_TLB_INVAL_ALL,
  CMD_TLB_INVAL_RANGE,
  COMMAND_DONE,
  COMMAND_SENT,
  COMMAND_TAKEN,
  GpuCommand,
  GpuContext,
  GpuRegisters,
  RING_ENTRIES,
  type Gpu,
} from "./gpu.ts";

/**
 * The command ring. A request keeps its place from the time it is sent until it is done, so that the ring is at once the
 * queue of what is to be taken (from `taken` to `tail`) and the list of what is under way (from `head` to `taken`).
 */

export interface Command {
  /** CMD_* */
  readonly op: number;
  /** Comes back with the answer; 0: no answer wanted. */
  readonly seqno: number;
  readonly asid: number;
  /** Process address, or number of a context. */
  readonly start: number;
  /** Process address, exclusive. */
  readonly end: number;
  /** Of a TLB invalidation: number of the TLB; default the first. */
  readonly tlbDomain?: number;
}

/**
 * Put a request on the ring and ring the doorbell; false if the ring is full. Any CPU may send.
 *
 * @throws RangeError for a request that this GPU cannot carry out
 */
export function* sendCommand(task: Task, gpu: Gpu, command: Command): Run<boolean> {
  checkCommand(gpu, command);
  const { regs } = gpu;
  yield* archSpinLock(task, embedded(regs, GpuRegisters.ringLock));
  const tail = yield* read(task, regs, GpuRegisters.tail);
  const isFull = ((tail - (yield* loadAcquire(task, regs, GpuRegisters.head))) | 0) >= RING_ENTRIES;
  if (!isFull) {
    const entry = commandAt(gpu, tail);
    yield* write(task, entry, GpuCommand.op, command.op); // the whole entry in one posted write
    const { words } = task;
    words[entry + GpuCommand.seqno] = command.seqno;
    words[entry + GpuCommand.asid] = command.asid;
    pokeAddr(words, entry + GpuCommand.start, command.start);
    pokeAddr(words, entry + GpuCommand.end, command.end);
    pokeAddr(words, entry + GpuCommand.sentNs, Math.floor(task.nowUs() * 1000));
    words[entry + GpuCommand.tlbDomain] = command.tlbDomain ?? 0;
    words[entry + GpuCommand.phase] = COMMAND_SENT;
    yield* storeRelease(task, regs, GpuRegisters.tail, (tail + 1) | 0);
  }
  yield* archSpinUnlock(task, embedded(regs, GpuRegisters.ringLock));
  if (!isFull) yield* signalEvent(task, gpu.doorbell);
  return !isFull;
}

/** Tell the GPU's contexts that there may be something to do: a program that had nothing is asked again. */
export function* ringDoorbell(task: Task, gpu: Gpu): Run<void> {
  for (const context of gpu.contexts) yield* signalEvent(task, embedded(context, GpuContext.event));
}

/** Take the oldest request that is not under way yet, or NULL. Only the GPU's engine takes. */
export function* takeCommand(task: Task, gpu: Gpu): Run<Ptr<"gpu_command">> {
  const { regs } = gpu;
  const tail = yield* loadAcquire(task, regs, GpuRegisters.tail);
  const taken = task.words[regs + GpuRegisters.taken]; // the engine's own, like `head` and a request's `phase`: no step
  if (taken === tail) return NULL;
  const command = commandAt(gpu, taken);
  yield* visit(task, command);
  task.words[command + GpuCommand.phase] = COMMAND_TAKEN;
  yield* storeRelease(task, regs, GpuRegisters.taken, (taken + 1) | 0);
  return command;
}

/** Free the places of the oldest requests that are done. */
export function* retireCommands(task: Task, gpu: Gpu): Run<void> {
  const { regs } = gpu;
  const first = task.words[regs + GpuRegisters.head];
  const taken = task.words[regs + GpuRegisters.taken];
  let head = first;
  while (head !== taken && task.words[commandAt(gpu, head) + GpuCommand.phase] === COMMAND_DONE) head = (head + 1) | 0;
  if (head !== first) yield* storeRelease(task, regs, GpuRegisters.head, head);
}

/** The request at `position`, which counts up forever, modulo 2^32. */
export function commandAt(gpu: Gpu, position: number): Ptr<"gpu_command"> {
  return element(gpu.regs, GpuRegisters.ring, GpuCommand, position & (RING_ENTRIES - 1));
}

export function isTlbInvalidation(op: number): boolean {
  return op === CMD_TLB_INVAL_RANGE || op === CMD_TLB_INVAL_ALL;
}

function checkCommand(gpu: Gpu, { op, start, tlbDomain = 0 }: Command): void {
  if (isTlbInvalidation(op)) {
    if (gpu.tlbs[tlbDomain] === undefined) throw new RangeError(`${gpu.name}: no such TLB: ${tlbDomain}`);
    return;
  }
  if (op !== CMD_PREEMPT && op !== CMD_RESUME) throw new RangeError(`${gpu.name}: no such command: ${op}`);
  if (gpu.contexts[start] === undefined) throw new RangeError(`${gpu.name}: no such context: ${start}`);
}
