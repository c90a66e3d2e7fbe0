import { readOnce, writeOnce } from "../machine/access.ts";
import type { Run } from "../machine/step.ts";
import { embedded } from "../machine/struct.ts";
import type { Task } from "../machine/task.ts";
import { ringDoorbell } from "./command_ring.ts";
import { signalEvent } from "./event.ts";
import { GpuContext, GpuRegisters, REQUEST_STOP, type Gpu } from "./gpu.ts";

/** Let all tasks of a GPU come to their ends, whatever they wait for. Requests under way are not answered any more. */
export function* stopGpu(task: Task, gpu: Gpu): Run<void> {
  yield* writeOnce(task, gpu.regs, GpuRegisters.stop, 1);
  for (const context of gpu.contexts) yield* writeOnce(task, context, GpuContext.request, REQUEST_STOP);
  yield* ringDoorbell(task, gpu);
  yield* signalEvent(task, gpu.doorbell);
  yield* signalEvent(task, embedded(gpu.regs, GpuRegisters.interrupt));
}

export function* isStopped(task: Task, gpu: Gpu): Run<boolean> {
  return (yield* readOnce(task, gpu.regs, GpuRegisters.stop)) !== 0;
}
