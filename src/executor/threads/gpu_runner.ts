import {
  addrOf, CHOICE, FUTEX_WAIT, FUTEX_WAKE, kindOf, RELAX, SLEEP, STEP_NAMES, TIMED_OUT, WOKEN, type Run,
} from "../../machine/step.ts";
import type { Task } from "../../machine/task.ts";
import { ABORT_FINISHED, AbortError } from "./abort.ts";
import { recordSleep, recordState, TASK_IDLE, TASK_RUNNING, TASK_SLEEPING, TASK_WAITING } from "./blocked_table.ts";
import { chanceOf, type Chance } from "./chance.ts";
import type { HostThread } from "./host_thread.ts";
import { alarmUs, BUSY_US, NAP_US, TIMER_SLACK_US } from "./pacing.ts";
import { FutexBucket, GpuWorker, type GpuRegion } from "./state.ts";

/** Steps that a task may take before the next one's turn. */
const TURN_STEPS = 64;

const RUNNABLE = 0;
const WAITING = 1;
const SLEEPING = 2;
const DONE = 3;

/** One task of the GPU: hardware engine, walker, execution context. */
interface Slot {
  readonly task: Task;
  readonly body: Run<unknown>;
  readonly chance: Chance;
  state: number;
  /** What the next resumption is told. */
  answer: number;
  addr: number;
  expected: number;
  deadlineUs: number;
  /** Wake-ups of its futex bucket when it began to wait. */
  wakeups: number;
  /** It waits on an address outside of this GPU. */
  isStranger: boolean;
  /** Its sleep stands in the blocked table. */
  isRecorded: boolean;
}

/**
 * A GPU's worker: its tasks take turns, each until it blocks, relaxes or has had its steps. When none can run, the thread
 * parks on the doorbell alone, which whoever wakes a task of this GPU rings (see {@link HostThread.wake}).
 */
export class GpuRunner {
  readonly #thread: HostThread;
  readonly #seed: number;
  readonly #region: GpuRegion;
  readonly #slots: Slot[] = [];
  #live = 0;

  /** @param thread of the worker; knows which GPU it is */
  constructor(thread: HostThread, seed: number) {
    this.#thread = thread;
    this.#seed = seed;
    this.#region = thread.state.gpus[thread.gpu];
  }

  /** Add a task before the worker runs. */
  add(task: Task, body: Run<unknown>): void {
    this.#slots.push({
      task, body, chance: chanceOf(this.#seed, task.id),
      state: RUNNABLE, answer: 0, addr: 0, expected: 0, deadlineUs: Infinity, wakeups: 0, isStranger: false, isRecorded: false,
    });
    this.#live++;
  }

  /**
   * Run all tasks until each has ended or the machine is stopped because the run is over. Throws what a task throws, and
   * AbortError if the machine is stopped for another reason.
   */
  run(): void {
    this.#thread.enter();
    for (const slot of this.#slots) this.#record(slot, TASK_RUNNING);
    try {
      this.#takeTurns();
    } catch (error) {
      if (!(error instanceof AbortError && error.reason === ABORT_FINISHED)) throw error;
    } finally {
      for (const slot of this.#slots) this.#record(slot, TASK_IDLE);
      this.#thread.leave();
    }
  }

  #takeTurns(): void {
    const thread = this.#thread;
    let busySinceUs = thread.nowUs();
    while (this.#live > 0) {
      thread.throwIfAborted();
      // the doorbell first: if it rings while we look at the tasks, parking on this value fails
      const rung = Atomics.load(thread.words, this.#region.doorbell);
      if (this.#round()) {
        if (thread.isCoreFree() || thread.nowUs() - busySinceUs < BUSY_US) continue;
        thread.park(this.#region.doorbell, rung, NAP_US / 1000);
      } else {
        this.#park(rung);
      }
      busySinceUs = thread.nowUs();
    }
  }

  /** Let every task that can run take its turn; false if none could. */
  #round(): boolean {
    let hasRun = false;
    for (const slot of this.#slots) {
      if (slot.state === WAITING || slot.state === SLEEPING) this.#lookAt(slot);
      if (slot.state !== RUNNABLE) continue;
      hasRun = true;
      this.#turn(slot);
    }
    return hasRun;
  }

  /** Make a blocked task runnable if what it waits for has come. */
  #lookAt(slot: Slot): void {
    if (slot.state === WAITING && this.#wasWoken(slot)) slot.answer = WOKEN;
    else if (slot.deadlineUs <= this.#thread.nowUs()) slot.answer = slot.state === WAITING ? TIMED_OUT : WOKEN;
    else return;
    slot.state = RUNNABLE;
    if (slot.isStranger) this.#countStranger(slot, -1);
    if (slot.isRecorded) this.#record(slot, TASK_RUNNING);
  }

  #wasWoken(slot: Slot): boolean {
    if (this.#readWakeups(slot.addr) !== slot.wakeups) return true;
    // the ringer's notify may come when we have seen the ring already, so for the doorbell the value decides
    return slot.addr === this.#region.doorbell && Atomics.load(this.#thread.words, slot.addr) !== slot.expected;
  }

  /** Resume a task until it blocks, relaxes or has had its steps. */
  #turn(slot: Slot): void {
    const { task } = slot;
    for (let steps = 0; steps < TURN_STEPS; steps++) {
      const next = slot.body.next(slot.answer);
      slot.answer = 0;
      if (next.done === true) {
        slot.state = DONE;
        this.#live--;
        this.#record(slot, TASK_IDLE);
        return;
      }
      const addr = addrOf(next.value);
      switch (kindOf(next.value)) {
        case FUTEX_WAIT:
          if (this.#wait(slot, addr)) return;
          break;
        case FUTEX_WAKE:
          this.#thread.wake(addr, task.count);
          break;
        case SLEEP:
          slot.state = SLEEPING;
          slot.deadlineUs = task.deadlineUs;
          return;
        case CHOICE:
          slot.answer = slot.chance(task.percent) ? 1 : 0;
          break;
        case RELAX:
          return;
        default:
          throw new Error(`${task.name} yielded ${STEP_NAMES[kindOf(next.value)]}: on threads its task must not be interleaved`);
      }
    }
  }

  /** FUTEX_WAIT; false if the word does not hold what the task expects. */
  #wait(slot: Slot, addr: number): boolean {
    const { words, state, gpu } = this.#thread;
    slot.addr = addr;
    slot.expected = slot.task.expected;
    slot.deadlineUs = slot.task.deadlineUs;
    if (Atomics.load(words, addr) !== slot.expected) return false;
    if (state.gpuAt(addr) !== gpu) this.#countStranger(slot, 1);
    // now that wakers see us: their count, then the word once more
    slot.wakeups = this.#readWakeups(addr);
    if (Atomics.load(words, addr) !== slot.expected) {
      if (slot.isStranger) this.#countStranger(slot, -1);
      return false;
    }
    slot.state = WAITING;
    return true;
  }

  /** Nobody can run: sleep until the doorbell no longer holds `rung` or the first deadline. */
  #park(rung: number): void {
    const thread = this.#thread;
    const { doorbell } = this.#region;
    let deadlineUs = Infinity;
    let isAtWork = false; // a flush is under way: the next request is not what this worker waits for
    for (const slot of this.#slots) {
      if (slot.state !== WAITING && slot.state !== SLEEPING) continue;
      deadlineUs = Math.min(deadlineUs, slot.deadlineUs);
      isAtWork ||= slot.state === SLEEPING;
    }
    if (!isAtWork && thread.spin(doorbell, rung, deadlineUs)) return;
    const leftUs = deadlineUs - thread.nowUs();
    if (leftUs <= 0) return;
    const free = thread.isCoreFree();
    if (leftUs <= TIMER_SLACK_US && free) {
      thread.spinUntil(doorbell, rung, deadlineUs);
      return;
    }
    this.#recordSleepers();
    thread.park(doorbell, rung, alarmUs(leftUs, free) / 1000);
  }

  #recordSleepers(): void {
    const { words, state, nowUs } = this.#thread;
    for (const slot of this.#slots) {
      if (slot.isRecorded || (slot.state !== WAITING && slot.state !== SLEEPING)) continue;
      const taskState = slot.state === WAITING ? TASK_WAITING : TASK_SLEEPING;
      const addr = slot.state === WAITING ? slot.addr : this.#region.doorbell;
      recordSleep(words, state, slot.task.id, taskState, addr, slot.expected, nowUs());
      slot.isRecorded = true;
    }
  }

  #record(slot: Slot, taskState: number): void {
    recordState(this.#thread.words, this.#thread.state, slot.task.id, taskState);
    slot.isRecorded = false;
  }

  #countStranger(slot: Slot, by: number): void {
    const { words, state, gpu } = this.#thread;
    slot.isStranger = by > 0;
    Atomics.add(words, state.bucketOf(slot.addr) + FutexBucket.strangers, by);
    Atomics.add(words, state.gpuWorker(gpu) + GpuWorker.strangers, by);
  }

  #readWakeups(addr: number): number {
    const { words, state } = this.#thread;
    return Atomics.load(words, state.bucketOf(addr) + FutexBucket.wakeups);
  }
}
