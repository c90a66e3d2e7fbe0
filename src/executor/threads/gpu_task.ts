import { addrOf, CHOICE, FUTEX_WAIT, FUTEX_WAKE, kindOf, RELAX, SLEEP, TIMED_OUT, WOKEN, type Run } from "../../machine/step.ts";
import type { Task } from "../../machine/task.ts";
import { refusedStep } from "../../machine/tool_error.ts";
import { recordSleep, recordState, TASK_IDLE, TASK_RUNNING, TASK_SLEEPING, TASK_WAITING } from "./blocked_table.ts";
import { chanceOf, type Chance } from "../chance.ts";
import type { HostThread } from "./host_thread.ts";
import { FutexBucket, GpuWorker } from "./state.ts";

/** Steps that a task may take before the next one's turn. */
const TURN_STEPS = 64;

/** One task of a GPU (hardware engine, walker, execution context), which shares the worker's thread with the others. */
export class GpuTask {
  /** TASK_* of blocked_table.ts, where the runner has it written down when the worker goes to sleep. */
  state = TASK_RUNNING;
  /** End of its wait or sleep. */
  deadlineUs = Infinity;
  readonly #thread: HostThread;
  readonly #task: Task;
  readonly #body: Run<unknown>;
  readonly #chance: Chance;
  readonly #doorbell: number;
  /** What the next resumption is told. */
  #answer = 0;
  #addr = 0;
  #expected = 0;
  /** Wake-ups of its futex bucket when it began to wait. */
  #wakeups = 0;
  /** It waits on an address outside of this GPU. */
  #isStranger = false;
  #isRecorded = false;

  constructor(thread: HostThread, task: Task, body: Run<unknown>, seed: number) {
    this.#thread = thread;
    this.#task = task;
    this.#body = body;
    this.#chance = chanceOf(seed, task.id);
    this.#doorbell = thread.state.gpus[thread.gpu].doorbell;
  }

  get isBlocked(): boolean {
    return this.state === TASK_WAITING || this.state === TASK_SLEEPING;
  }

  /** If blocked: become runnable if what the task waits for has come. */
  lookUp(): void {
    if (!this.isBlocked) return;
    const isWaiting = this.state === TASK_WAITING;
    if (isWaiting && this.#wasWoken()) this.#answer = WOKEN;
    else if (this.deadlineUs <= this.#thread.nowUs()) this.#answer = isWaiting ? TIMED_OUT : WOKEN;
    else return;
    if (this.#isStranger) this.#countStranger(-1);
    this.state = TASK_RUNNING;
    if (this.#isRecorded) this.record();
  }

  /** Run until the task blocks, relaxes, ends or has had its steps. */
  takeTurn(): void {
    const task = this.#task;
    for (let steps = 0; steps < TURN_STEPS; steps++) {
      const next = this.#body.next(this.#answer);
      this.#answer = 0;
      if (next.done === true) {
        this.state = TASK_IDLE;
        this.record();
        return;
      }
      const addr = addrOf(next.value);
      switch (kindOf(next.value)) {
        case FUTEX_WAIT:
          if (this.#wait(addr)) return;
          break;
        case FUTEX_WAKE:
          this.#thread.wake(addr, task.count);
          break;
        case SLEEP:
          this.state = TASK_SLEEPING;
          this.deadlineUs = task.deadlineUs;
          return;
        case CHOICE:
          this.#answer = this.#chance(task.percent) ? 1 : 0;
          break;
        case RELAX:
          return;
        default:
          throw refusedStep(task, next.value, "a GPU's thread does not know it, and data accesses are no steps there");
      }
    }
  }

  /** Write down what the task does, for the watchdog. */
  record(): void {
    const { words, state, nowUs } = this.#thread;
    if (!this.isBlocked) {
      recordState(words, state, this.#task.id, this.state);
      this.#isRecorded = false;
    } else if (!this.#isRecorded) {
      const addr = this.state === TASK_WAITING ? this.#addr : this.#doorbell;
      recordSleep(words, state, this.#task.id, this.state, addr, this.#expected, nowUs());
      this.#isRecorded = true;
    }
  }

  /** The worker ends, whatever the task was doing. */
  abandon(): void {
    this.state = TASK_IDLE;
    this.record();
  }

  /** FUTEX_WAIT; false if the word does not hold what the task expects. */
  #wait(addr: number): boolean {
    const { words, state, gpu } = this.#thread;
    this.#addr = addr;
    this.#expected = this.#task.expected;
    this.deadlineUs = this.#task.deadlineUs;
    if (Atomics.load(words, addr) !== this.#expected) return false;
    if (state.gpuAt(addr) !== gpu) this.#countStranger(1);
    // now that wakers see us: their count, then the word once more
    this.#wakeups = this.#readWakeups();
    if (Atomics.load(words, addr) === this.#expected) {
      this.state = TASK_WAITING;
      return true;
    }
    if (this.#isStranger) this.#countStranger(-1);
    return false;
  }

  #wasWoken(): boolean {
    if (this.#readWakeups() !== this.#wakeups) return true;
    // the ringer's notify may come when the worker has seen the ring already, so for the doorbell the value decides
    return this.#addr === this.#doorbell && Atomics.load(this.#thread.words, this.#addr) !== this.#expected;
  }

  #countStranger(by: number): void {
    const { words, state, gpu } = this.#thread;
    this.#isStranger = by > 0;
    Atomics.add(words, state.bucketOf(this.#addr) + FutexBucket.strangers, by);
    Atomics.add(words, state.gpuWorker(gpu) + GpuWorker.strangers, by);
  }

  #readWakeups(): number {
    const { words, state } = this.#thread;
    return Atomics.load(words, state.bucketOf(this.#addr) + FutexBucket.wakeups);
  }
}
