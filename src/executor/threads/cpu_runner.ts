import type { Run } from "../../machine/step.ts";
import type { Task } from "../../machine/task.ts";
import { CpuSteps } from "./cpu_steps.ts";
import { ASLEEP } from "./futex_sleep.ts";
import type { HostThread } from "./host_thread.ts";

/** An abort wakes sleepers; only one that comes in the instant of falling asleep has to be noticed at the end of a slice. */
const SLICE_MS = 250;

/** A CPU on a thread of its own: runs one task at a time, straight through, and sleeps when the task does. */
export class CpuRunner {
  readonly #steps: CpuSteps;

  /** @param seed of the run; the task draws from a generator of its own */
  constructor(thread: HostThread, task: Task, seed: number) {
    this.#steps = new CpuSteps(thread, task, seed);
  }

  /** Run `body` to its end. Throws what it throws, and AbortError if the machine is stopped. */
  run<T>(body: Run<T>): T {
    const steps = this.#steps;
    steps.enter();
    try {
      let answer = 0;
      for (;;) {
        const next = body.next(answer);
        if (next.done === true) return next.value;
        answer = steps.begin(next.value);
        if (answer !== ASLEEP) continue;
        do answer = steps.sleep.slice(SLICE_MS);
        while (answer === ASLEEP);
        answer = steps.wokenUp(next.value, answer);
      }
    } finally {
      steps.leave();
    }
  }
}
