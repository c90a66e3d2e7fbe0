import type { Run } from "../../machine/step.ts";
import type { Task } from "../../machine/task.ts";
import { ABORT_FINISHED, AbortError } from "./abort.ts";
import { TASK_IDLE, TASK_RUNNING, TASK_SLEEPING } from "./blocked_table.ts";
import { GpuTask } from "./gpu_task.ts";
import type { HostThread } from "./host_thread.ts";
import { alarmUs, BUSY_US, TIMER_SLACK_US } from "./pacing.ts";

/** A task may hang while others keep the worker busy forever, so blocked ones are also written down every so many rounds. */
const ROUNDS_A_RECORD = 1024;

/**
 * A GPU's worker: its tasks take turns, each until it blocks, relaxes or has had its steps. When none can run, the thread
 * parks on the doorbell alone, which whoever wakes a task of this GPU rings (see {@link HostThread.wake}).
 */
export class GpuRunner {
  readonly #thread: HostThread;
  readonly #seed: number;
  readonly #doorbell: number;
  readonly #tasks: GpuTask[] = [];

  /** @param thread of the worker; knows which GPU it is */
  constructor(thread: HostThread, seed: number) {
    this.#thread = thread;
    this.#seed = seed;
    this.#doorbell = thread.state.gpus[thread.gpu].doorbell;
  }

  /** Add a task before the worker runs. On threads a task that never relaxes, waits nor sleeps would starve the others. */
  add(task: Task, body: Run<unknown>): void {
    this.#tasks.push(new GpuTask(this.#thread, task, body, this.#seed));
  }

  /**
   * Run all tasks until each has ended or the machine is stopped because the run is over. Throws what a task throws, and
   * AbortError if the machine is stopped for another reason.
   */
  run(): void {
    this.#thread.enter();
    for (const task of this.#tasks) task.record();
    try {
      this.#takeTurns();
    } catch (error) {
      if (!(error instanceof AbortError && error.reason === ABORT_FINISHED)) throw error;
    } finally {
      for (const task of this.#tasks) task.abandon();
      this.#thread.leave();
    }
  }

  #takeTurns(): void {
    const thread = this.#thread;
    let busySinceUs = thread.nowUs();
    for (let rounds = 1; this.#tasks.some((task) => task.state !== TASK_IDLE); rounds++) {
      thread.throwIfAborted();
      // the doorbell first: if it rings while we look at the tasks, parking on this value fails
      const rung = Atomics.load(thread.words, this.#doorbell);
      if (this.#round()) {
        if (rounds % ROUNDS_A_RECORD === 0) this.#recordBlocked();
        if (thread.isCoreFree() || thread.nowUs() - busySinceUs < BUSY_US) continue;
        thread.nap(this.#doorbell, rung);
      } else {
        this.#park(rung);
      }
      busySinceUs = thread.nowUs();
    }
  }

  /** Let every task that can run take its turn; false if none could. */
  #round(): boolean {
    let hasRun = false;
    for (const task of this.#tasks) {
      task.lookUp();
      if (task.state !== TASK_RUNNING) continue;
      hasRun = true;
      task.takeTurn();
    }
    return hasRun;
  }

  /** Nobody can run: sleep until the doorbell no longer holds `rung` or the first deadline. */
  #park(rung: number): void {
    const thread = this.#thread;
    let deadlineUs = Infinity;
    let isAtWork = false; // a flush is under way: the next request is not what this worker waits for
    for (const task of this.#tasks) {
      if (!task.isBlocked) continue;
      deadlineUs = Math.min(deadlineUs, task.deadlineUs);
      isAtWork ||= task.state === TASK_SLEEPING;
    }
    if (!isAtWork && thread.spin(this.#doorbell, rung, deadlineUs)) return;
    const leftUs = deadlineUs - thread.nowUs();
    if (leftUs <= 0) return;
    const isCoreFree = thread.isCoreFree();
    if (leftUs <= TIMER_SLACK_US && isCoreFree) {
      thread.spinUntil(this.#doorbell, rung, deadlineUs);
      return;
    }
    this.#recordBlocked();
    thread.park(this.#doorbell, rung, alarmUs(leftUs, isCoreFree) / 1000);
  }

  #recordBlocked(): void {
    for (const task of this.#tasks) if (task.isBlocked) task.record();
  }
}
