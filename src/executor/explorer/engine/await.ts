import { EXECUTOR_STEP } from "../../../machine/step.ts";

/**
 * Wait until the word, masked with `task.mask`, equals `task.expected`; what follows, up to the next step, is one atomic access
 * to it. A step of the explorer's own, for small programs (a mutex in one step, a join): kernel code waits on futexes, and the
 * executors that run it refuse this by name.
 */
export const AWAIT = EXECUTOR_STEP;
