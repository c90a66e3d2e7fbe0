import { fetchAdd, loadAcquire, read, readAddr, storeRelease, write, writeAddr } from "../machine/access.ts";
import { archSpinLock, archSpinUnlock } from "../machine/arch_spinlock.ts";
import { futexWake } from "../machine/futex.ts";
import type { Run } from "../machine/step.ts";
import { element, embedded, type Ptr } from "../machine/struct.ts";
import type { Task } from "../machine/task.ts";
import { GpuCommand, GpuRegisters, RING_ENTRIES, type Gpu } from "./gpu.ts";

/** A request taken off the ring. */
export interface Command {
  readonly op: number;
  readonly seqno: number;
  readonly asid: number;
  /** Process address, or number of a context. */
  readonly start: number;
  /** Process address, exclusive. */
  readonly end: number;
}

/** Put a request on the ring and ring the doorbell; false if the ring is full. Any CPU may send. */
export function* sendCommand(task: Task, gpu: Gpu, command: Command): Run<boolean> {
  const { regs } = gpu;
  yield* archSpinLock(task, embedded(regs, GpuRegisters.ringLock));
  const tail = yield* read(task, regs, GpuRegisters.tail);
  const isFull = tail - (yield* loadAcquire(task, regs, GpuRegisters.head)) >= RING_ENTRIES;
  if (!isFull) {
    const entry = entryAt(regs, tail);
    yield* write(task, entry, GpuCommand.op, command.op);
    yield* write(task, entry, GpuCommand.seqno, command.seqno);
    yield* write(task, entry, GpuCommand.asid, command.asid);
    yield* writeAddr(task, entry, GpuCommand.start, command.start);
    yield* writeAddr(task, entry, GpuCommand.end, command.end);
    yield* storeRelease(task, regs, GpuRegisters.tail, tail + 1);
  }
  yield* archSpinUnlock(task, embedded(regs, GpuRegisters.ringLock));
  if (!isFull) yield* ringDoorbell(task, gpu);
  return !isFull;
}

/** The oldest request on the ring, or null. Only the GPU's engine takes. */
export function* takeCommand(task: Task, gpu: Gpu): Run<Command | null> {
  const { regs } = gpu;
  const head = yield* read(task, regs, GpuRegisters.head);
  if (head === (yield* loadAcquire(task, regs, GpuRegisters.tail))) return null;
  const entry = entryAt(regs, head);
  const command = {
    op: yield* read(task, entry, GpuCommand.op),
    seqno: yield* read(task, entry, GpuCommand.seqno),
    asid: yield* read(task, entry, GpuCommand.asid),
    start: yield* readAddr(task, entry, GpuCommand.start),
    end: yield* readAddr(task, entry, GpuCommand.end),
  };
  yield* storeRelease(task, regs, GpuRegisters.head, head + 1);
  return command;
}

/** Tell the GPU that there may be something to do. */
export function* ringDoorbell(task: Task, gpu: Gpu): Run<void> {
  yield* fetchAdd(task, gpu.regs, GpuRegisters.doorbell, 1);
  yield* futexWake(task, gpu.regs, GpuRegisters.doorbell);
}

function entryAt(regs: Ptr<"gpu">, position: number): Ptr<"gpu_command"> {
  return element(regs, GpuRegisters.ring, GpuCommand, position % RING_ENTRIES);
}
