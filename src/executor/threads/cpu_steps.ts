import { addrOf, CHOICE, FUTEX_WAIT, FUTEX_WAKE, kindOf, RELAX, SLEEP, WOKEN, type Step } from "../../machine/step.ts";
import type { Task } from "../../machine/task.ts";
import { refusedStep } from "../../machine/tool_error.ts";
import { recordState, TASK_IDLE, TASK_RUNNING } from "./blocked_table.ts";
import { chanceOf, type Chance } from "../chance.ts";
import { ASLEEP, FutexSleep } from "./futex_sleep.ts";
import type { HostThread } from "./host_thread.ts";
import { BUSY_US } from "./pacing.ts";

/** How a thread that belongs to one CPU task answers that task's steps; main and further CPUs alike. */
export class CpuSteps {
  readonly sleep: FutexSleep;
  readonly #thread: HostThread;
  readonly #task: Task;
  readonly #chance: Chance;
  #pollsSinceUs = 0;

  constructor(thread: HostThread, task: Task, seed: number) {
    this.#thread = thread;
    this.#task = task;
    this.#chance = chanceOf(seed, task.id);
    this.sleep = new FutexSleep(thread, task.id);
  }

  enter(): void {
    this.#thread.enter();
    recordState(this.#thread.words, this.#thread.state, this.#task.id, TASK_RUNNING);
  }

  leave(): void {
    recordState(this.#thread.words, this.#thread.state, this.#task.id, TASK_IDLE);
    this.#thread.leave();
  }

  /** The answer to a step, or ASLEEP: sleep it out in slices, then {@link wokenUp}. Throws AbortError. */
  begin(step: Step): number {
    const task = this.#task;
    this.#thread.throwIfAborted();
    switch (kindOf(step)) {
      case FUTEX_WAIT:
        return this.sleep.begin(addrOf(step), task.expected, task.deadlineUs);
      case FUTEX_WAKE:
        this.#thread.wake(addrOf(step), task.count);
        return 0;
      case SLEEP:
        return this.sleep.beginNap(task.deadlineUs) === ASLEEP ? ASLEEP : WOKEN;
      case CHOICE:
        return this.#chance(task.percent) ? 1 : 0;
      case RELAX:
        this.#relax();
        return 0;
      default:
        throw refusedStep(task, step, "a CPU's thread does not know it, and data accesses are no steps there");
    }
  }

  /** The answer to a step that ended its sleep with `how`. */
  wokenUp(step: Step, how: number): number {
    this.sleep.end();
    return kindOf(step) === SLEEP ? WOKEN : how;
  }

  #relax(): void {
    const thread = this.#thread;
    if (thread.isCoreFree()) return;
    const nowUs = thread.nowUs();
    if (nowUs - this.#pollsSinceUs < BUSY_US) return;
    thread.nap(thread.napWord(this.#task.id), 0);
    this.#pollsSinceUs = thread.nowUs();
  }
}
