import { Task, type TaskOptions } from "../machine/task.ts";
import type { Kernel } from "./kernel.ts";

/** A kernel thread of control, what Linux calls `current`: a task that knows the kernel it runs in. */
export class Current extends Task {
  readonly kernel: Kernel;
  /** Invalidation ranges begun so far: gives each its number. */
  ranges = 0;

  constructor(kernel: Kernel, options: TaskOptions) {
    super(options);
    this.kernel = kernel;
  }
}
