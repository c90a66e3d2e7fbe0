import { readOnce, writeOnce } from "../machine/access.ts";
import type { Layout } from "../machine/layout.ts";
import type { Run } from "../machine/step.ts";
import { struct, u32, type Ptr } from "../machine/struct.ts";
import type { Current } from "./current.ts";
import type { KernelConfig } from "./kernel.ts";

/** What a task has to be told: whether a signal waits for it. */
const TaskSignals = struct("task_signals", { pending: u32 });

/** Pending signals of all tasks. */
export class SignalState {
  readonly #tasks: Ptr<"task_signals">;

  constructor(layout: Layout, config: KernelConfig) {
    this.#tasks = layout.place(TaskSignals, "signals", config.tasks + 1);
  }

  of(taskId: number): Ptr<"task_signals"> {
    return (this.#tasks + taskId * TaskSignals.words) as Ptr<"task_signals">;
  }
}

/** Interrupt task `taskId`: interruptible operations return -EINTR until it takes its signal. */
export function sendSignal(current: Current, taskId: number): Run<void> {
  return writeOnce(current, current.kernel.signals.of(taskId), TaskSignals.pending, 1);
}

/** `signal_pending(current)` */
export function* signalPending(current: Current): Run<boolean> {
  return (yield* readOnce(current, current.kernel.signals.of(current.id), TaskSignals.pending)) !== 0;
}

/** The task handles its signal on the way back to user space. */
export function takeSignal(current: Current): Run<void> {
  return writeOnce(current, current.kernel.signals.of(current.id), TaskSignals.pending, 0);
}
