import { cmpxchg, fetchAdd, readOnce } from "../machine/access.ts";
import { futexWait, futexWake } from "../machine/futex.ts";
import type { Run } from "../machine/step.ts";
import type { Task } from "../machine/task.ts";
import { GpuRegisters, type Gpu } from "./gpu.ts";

/** The page-table walkers of a GPU: so many walks at once, the rest waits. */

export function* acquireWalker(task: Task, gpu: Gpu): Run<void> {
  const { regs } = gpu;
  const { walkers } = gpu.config;
  for (;;) {
    const busy = yield* readOnce(task, regs, GpuRegisters.walkersBusy);
    if (busy < walkers) {
      if ((yield* cmpxchg(task, regs, GpuRegisters.walkersBusy, busy, busy + 1)) === busy) return;
      continue;
    }
    yield* fetchAdd(task, regs, GpuRegisters.walkersWanted, 1);
    yield* futexWait(task, regs, GpuRegisters.walkersBusy, walkers);
    yield* fetchAdd(task, regs, GpuRegisters.walkersWanted, -1);
  }
}

export function* releaseWalker(task: Task, gpu: Gpu): Run<void> {
  yield* fetchAdd(task, gpu.regs, GpuRegisters.walkersBusy, -1);
  if ((yield* readOnce(task, gpu.regs, GpuRegisters.walkersWanted)) > 0) {
    yield* futexWake(task, gpu.regs, GpuRegisters.walkersBusy, 1);
  }
}
