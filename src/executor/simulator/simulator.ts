import FlatQueue from "flatqueue";
import {
  ACQUIRE,
  addrOf,
  CHOICE,
  FUTEX_WAIT,
  FUTEX_WAKE,
  kindOf,
  READ,
  READ_ONCE,
  RELAX,
  RELEASE,
  RMW,
  SLEEP,
  TIMED_OUT,
  WOKEN,
  WRITE,
  WRITE_ONCE,
  type Run,
  type Step,
} from "../../machine/step.ts";
import type { Task } from "../../machine/task.ts";
import { refusedStep } from "../../machine/tool_error.ts";
import { chanceOf, type Chance } from "../chance.ts";
import { CacheLines } from "./cache_lines.ts";
import type { StepCosts } from "./costs.ts";
import type { Processor, SimulatedThread } from "./processor.ts";
import { StepCost } from "./step_cost.ts";
import { SLEEPING_LOCK, SPINNING_LOCK } from "./word_class.ts";

/**
 * All tasks on a virtual clock: each step takes effect when the time that it costs has passed on its processor. A CPU is shared
 * by the threads that belong to it; every hardware unit is a processor of its own. The same tasks, costs and seed give the same
 * run.
 */
export class Simulator {
  readonly words: Int32Array;
  /** In the order of their spawning. */
  readonly threads: SimulatedThread[] = [];
  /** Steps taken. */
  steps = 0;
  /** Virtual time in nanoseconds. */
  nowNs = 0;
  /** Told when a thread's wait on a word is over, and how long it was. */
  onWaited: ((thread: SimulatedThread, addr: number, waitedNs: number) => void) | null = null;

  /** Of all steps. */
  readonly stepCost: StepCost;

  readonly #costs: StepCosts;
  readonly #classes: Uint8Array;
  readonly #seed: number;
  readonly #processors: Processor[] = [];
  readonly #cpus: readonly Processor[];
  readonly #chances: Chance[] = [];
  /** Whose turn it is when: a processor's next step, by its index; or, as a negative number, the end of a thread's wait. */
  readonly #events = new FlatQueue();
  readonly #sleepers = new Map<number, SimulatedThread[]>();
  /** Threads that have to end and have not. */
  #alive = 0;

  /** @param classes of the memory's words, see classesOf */
  constructor(words: Int32Array, classes: Uint8Array, costs: StepCosts, cpus: number, seed: number) {
    this.words = words;
    this.#classes = classes;
    this.#costs = costs;
    this.#seed = seed;
    this.stepCost = new StepCost(costs, classes, new CacheLines(words.length, costs.lineTransferNs));
    this.#cpus = Array.from({ length: cpus }, () => this.#addProcessor(true));
  }

  /** Add a thread to a CPU, from 0. */
  spawnOnCpu(cpu: number, task: Task, body: Run<unknown>): SimulatedThread {
    return this.#spawn(this.#cpus[cpu], task, body, false, false);
  }

  /** Add an interrupt handler to a CPU: it interrupts whoever runs there, unless it holds a spinlock. */
  spawnInterrupt(cpu: number, task: Task, body: Run<unknown>): SimulatedThread {
    return this.#spawn(this.#cpus[cpu], task, body, true, true);
  }

  /** Add a hardware unit with all its work. */
  spawnDevice(task: Task, body: Run<unknown>): SimulatedThread {
    return this.#spawn(this.#addProcessor(false), task, body, false, true);
  }

  /**
   * Run until every thread of a CPU has ended, `untilNs` has come, nobody can run or it `isEnough`, which is asked between steps
   * of different processors. Exceptions of protocol code come out of here.
   *
   * @returns whether all have ended
   */
  run(untilNs = Infinity, isEnough: () => boolean = () => false): boolean {
    const events = this.#events;
    while (this.#alive > 0 && events.length > 0 && events.peekValue()! <= untilNs && !isEnough()) {
      this.nowNs = events.peekValue()!;
      const event = events.pop()!;
      if (event < 0) this.#pauseOver(this.threads[-1 - event]);
      else this.#turn(this.#processors[event], untilNs);
    }
    return this.#alive === 0;
  }

  #addProcessor(isCpu: boolean): Processor {
    const processor: Processor = {
      index: this.#processors.length,
      isCpu,
      running: null,
      interrupted: null,
      sinceNs: 0,
      interrupts: [],
      queue: [],
    };
    this.#processors.push(processor);
    return processor;
  }

  #spawn(processor: Processor, task: Task, body: Run<unknown>, isInterrupt: boolean, isDaemon: boolean): SimulatedThread {
    const thread: SimulatedThread = {
      index: this.threads.length,
      task,
      body,
      processor,
      isInterrupt,
      isDaemon,
      state: "ready",
      next: 0,
      answer: 0,
      debtNs: 0,
      untilNs: Infinity,
      sinceNs: 0,
    };
    this.threads.push(thread);
    this.#chances.push(chanceOf(this.#seed, task.id));
    if (!isDaemon) this.#alive++;
    this.#goOn(thread);
    return thread;
  }

  /**
   * The processor's step takes effect and its next one begins, again and again as long as nobody else's comes first, nor
   * `untilNs`.
   */
  #turn(processor: Processor, untilNs: number): void {
    const events = this.#events;
    for (;;) {
      const thread = processor.running!;
      this.#take(thread);
      if (thread.state !== "running") return this.#give(processor);
      if (processor.isCpu && this.#mustYield(processor, thread)) return this.#interrupt(processor, thread);
      const dueNs = this.#begin(processor, thread);
      if (dueNs > untilNs || (events.length > 0 && events.peekValue()! <= dueNs)) {
        events.push(processor.index, dueNs);
        return;
      }
      this.nowNs = dueNs;
    }
  }

  /** When the thread's next step will take effect. */
  #begin(processor: Processor, thread: SimulatedThread): number {
    const beginNs = this.nowNs + thread.debtNs;
    thread.debtNs = 0;
    return beginNs + this.stepCost.of(thread.next, processor, beginNs);
  }

  /** Whoever holds a spinlock is left alone. */
  #mustYield(processor: Processor, thread: SimulatedThread): boolean {
    if (thread.isInterrupt || thread.task.atomicDepth > 0) return false;
    return (
      processor.interrupts.length > 0 || (processor.queue.length > 0 && this.nowNs - processor.sinceNs >= this.#costs.sliceNs)
    );
  }

  /** For an interrupt, the thread goes on with its slice afterwards; for another thread, it queues. */
  #interrupt(processor: Processor, thread: SimulatedThread): void {
    thread.state = "ready";
    if (processor.interrupts.length > 0) processor.interrupted = thread;
    else processor.queue.push(thread);
    this.#give(processor);
  }

  /** The processor goes to whoever is next. */
  #give(processor: Processor): void {
    const { interrupted } = processor;
    const next = processor.interrupts.shift() ?? interrupted ?? processor.queue.shift() ?? null;
    processor.running = next;
    if (next === null) return;
    next.state = "running";
    if (next === interrupted) processor.interrupted = null;
    else if (!next.isInterrupt) processor.sinceNs = this.nowNs;
    this.#events.push(processor.index, this.#begin(processor, next));
  }

  /** The thread's step takes effect. */
  #take(thread: SimulatedThread): void {
    this.steps++;
    const step = thread.next;
    switch (kindOf(step)) {
      case FUTEX_WAIT:
        if (Atomics.load(this.words, addrOf(step)) === thread.task.expected) return this.#wait(thread, addrOf(step));
        break;
      case FUTEX_WAKE:
        this.#wake(thread, addrOf(step), thread.task.count);
        break;
      case SLEEP:
        if (this.#deadlineNs(thread) > this.nowNs) return this.#pause(thread, "sleeping", this.#deadlineNs(thread));
        break;
      case CHOICE:
        thread.answer = this.#chances[thread.index](thread.task.percent) ? 1 : 0;
        break;
      case READ:
      case READ_ONCE:
      case ACQUIRE:
      case WRITE:
      case WRITE_ONCE:
      case RELEASE:
      case RMW:
      case RELAX:
        break;
      default:
        throw refusedStep(thread.task, step, "the simulator does not know it");
    }
    this.#advance(thread);
  }

  /**
   * Not before now, and in whole nanoseconds: a time in microseconds comes out of its division by 1000 a little short at times.
   */
  #deadlineNs({ task }: SimulatedThread): number {
    return Math.max(this.nowNs, Math.round(task.deadlineUs * 1000));
  }

  #wait(thread: SimulatedThread, addr: number): void {
    this.#pause(thread, "waiting", this.#deadlineNs(thread));
    const queue = this.#sleepers.get(addr);
    if (queue === undefined) this.#sleepers.set(addr, [thread]);
    else queue.push(thread);
  }

  #wake(waker: SimulatedThread, addr: number, count: number): void {
    const queue = this.#sleepers.get(addr);
    if (queue === undefined) return;
    const woken = queue.splice(0, count);
    if (queue.length === 0) this.#sleepers.delete(addr);
    for (const thread of woken) {
      const waitedNs = this.nowNs - thread.sinceNs;
      const isAwake = isLock(this.#classes[addr]) && (this.#classes[addr] === SPINNING_LOCK || waitedNs <= this.#costs.spinNs);
      this.onWaited?.(thread, addr, waitedNs);
      thread.answer = WOKEN;
      this.#pause(thread, "waking", this.nowNs + (isAwake ? this.#costs.handOverNs : this.#wakeUpNs(thread)));
      if (isAwake) continue;
      if (thread.isInterrupt) thread.debtNs += this.#costs.interruptEntryNs;
      else if (waker.processor.isCpu && thread.processor.isCpu) waker.debtNs += this.#costs.wakerNs;
    }
  }

  #wakeUpNs(thread: SimulatedThread): number {
    if (!thread.processor.isCpu) return this.#costs.deviceWakeUpNs;
    return thread.isInterrupt ? this.#costs.interruptNs : this.#costs.wakeUpNs;
  }

  #pause(thread: SimulatedThread, state: "waiting" | "sleeping" | "waking", untilNs: number): void {
    thread.state = state;
    if (state !== "waking") thread.sinceNs = this.nowNs;
    thread.untilNs = untilNs;
    if (untilNs !== Infinity) this.#events.push(-1 - thread.index, untilNs);
  }

  /** A thread's deadline or wake-up has come, unless it was woken earlier: then this is the deadline of a wait that is over. */
  #pauseOver(thread: SimulatedThread): void {
    if (thread.untilNs !== this.nowNs) return;
    const { state } = thread;
    thread.untilNs = Infinity;
    if (state === "waiting") this.#giveUpWaiting(thread);
    if (state !== "waking" && thread.processor.isCpu) this.#pause(thread, "waking", this.nowNs + this.#costs.wakeUpNs);
    else this.#goOn(thread);
  }

  #giveUpWaiting(thread: SimulatedThread): void {
    const addr = addrOf(thread.next);
    const queue = this.#sleepers.get(addr)!;
    queue.splice(queue.indexOf(thread), 1);
    if (queue.length === 0) this.#sleepers.delete(addr);
    this.onWaited?.(thread, addr, this.nowNs - thread.sinceNs);
    thread.answer = TIMED_OUT;
  }

  /** Up to its next step, for which it queues. */
  #goOn(thread: SimulatedThread): void {
    if (!this.#advance(thread)) return;
    thread.state = "ready";
    const { processor } = thread;
    (thread.isInterrupt ? processor.interrupts : processor.queue).push(thread);
    if (processor.running === null) this.#give(processor);
  }

  /** False if it has come to its end. */
  #advance(thread: SimulatedThread): boolean {
    const { done, value } = thread.body.next(thread.answer);
    thread.answer = 0;
    if (done !== true) {
      thread.next = value as Step;
      return true;
    }
    thread.state = "done";
    if (!thread.isDaemon) this.#alive--;
    return false;
  }
}

function isLock(wordClass: number): boolean {
  return wordClass === SPINNING_LOCK || wordClass === SLEEPING_LOCK;
}
