import type { Run } from "../../machine/step.ts";
import type { Task } from "../../machine/task.ts";
import { CpuSteps } from "./cpu_steps.ts";
import { ASLEEP } from "./futex_sleep.ts";
import type { HostThread } from "./host_thread.ts";

/** Main gives its event loop a turn (signals, comlink, progress, watchdog) about this often. */
const TURN_MS = 10;

/** CPU 0, on the main thread: as CpuRunner, but it never keeps the event loop waiting for long, not even while it sleeps. */
export class MainRunner {
  readonly #steps: CpuSteps;
  readonly #nowUs: () => number;
  #turnDueUs: number;

  constructor(thread: HostThread, task: Task, seed: number) {
    this.#steps = new CpuSteps(thread, task, seed);
    this.#nowUs = thread.nowUs;
    this.#turnDueUs = thread.nowUs() + TURN_MS * 1000;
  }

  /** Run `body` to its end. Rejects with what it throws, and with AbortError if the machine is stopped. */
  async run<T>(body: Run<T>): Promise<T> {
    const steps = this.#steps;
    steps.enter();
    try {
      let answer = 0;
      for (;;) {
        const next = body.next(answer);
        if (next.done === true) return next.value;
        if (this.#nowUs() >= this.#turnDueUs) await this.#turn();
        answer = steps.begin(next.value);
        if (answer !== ASLEEP) continue;
        while ((answer = steps.sleep.slice(TURN_MS)) === ASLEEP) await this.#turn();
        answer = steps.wokenUp(next.value, answer);
      }
    } finally {
      steps.leave();
    }
  }

  async #turn(): Promise<void> {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    this.#turnDueUs = this.#nowUs() + TURN_MS * 1000;
  }
}
