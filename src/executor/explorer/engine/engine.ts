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
} from "../../../machine/step.ts";
import { AWAIT } from "./await.ts";
import type { Task } from "../../../machine/task.ts";
import { refusedStep } from "../../../machine/tool_error.ts";
import type { MemoryImage } from "./memory_image.ts";
import type { EngineView } from "./view.ts";

/**
 * All tasks in one thread: whoever calls {@link Engine.step} decides who runs next. Futexes are real (a task sleeps until
 * woken), time is virtual and moves when nobody can run (or as the caller likes), chance is answered by the caller's function.
 *
 * Who can run is kept up to date as it changes: no step looks at all threads.
 */
export class Engine implements EngineView {
  readonly words: Int32Array;
  /** In the order of their spawning; `threads[i].index === i`. */
  readonly threads: Thread[] = [];
  /** The threads that can take a step now, in no particular but a reproducible order. */
  readonly enabled: Thread[] = [];
  /** Threads that have not ended. */
  alive = 0;
  /** Steps taken. */
  steps = 0;
  /** Virtual time in microseconds. */
  nowUs = 0;

  /** Of the last step: who took it, what it was, and whether it changed its word (or the queue of those who sleep on it). */
  lastThread: Thread | null = null;
  lastStep: Step = 0;
  lastWrote = false;
  /** What a CHOICE, or a spurious wake-up, was answered; 0 if the last step asked nothing. */
  lastAnswer = 0;
  /** Threads that the last step woke or spawned: whatever they do comes after it. */
  readonly released: Thread[] = [];

  readonly spuriousPercent: number;
  /** Told of every word that a step writes. */
  readonly image: MemoryImage | null;

  readonly #stepUs: number;
  #choose: Choose;
  readonly #sleepers = new Map<number, Thread[]>();
  readonly #awaiters = new Map<number, Thread[]>();
  #soonestUs = Infinity;
  #running: Thread | null = null;

  constructor(words: Int32Array, { choose, spuriousPercent, stepUs, image }: EngineOptions = {}) {
    this.words = words;
    this.#choose = choose ?? (() => false);
    this.spuriousPercent = spuriousPercent ?? 0;
    this.#stepUs = stepUs ?? 0;
    this.image = image ?? null;
  }

  /** Forget all threads and go back to time 0; memory is the caller's. @param choose answers CHOICE steps from now on */
  reset(choose = this.#choose): void {
    this.#choose = choose;
    this.threads.length = 0;
    this.enabled.length = 0;
    this.released.length = 0;
    this.alive = 0;
    this.steps = 0;
    this.nowUs = 0;
    this.lastThread = null;
    this.lastWrote = false;
    this.lastAnswer = 0;
    this.#sleepers.clear();
    this.#awaiters.clear();
    this.#soonestUs = Infinity;
    this.#running = null;
  }

  /**
   * Add a task that runs `body`; it stops before its first step. Called from within a step, it is that step's thread that spawns
   * it.
   * Exceptions of protocol code come out of here and of step().
   */
  spawn(task: Task, body: Run<unknown>): Thread {
    const parent = this.#running;
    const thread: Thread = {
      index: this.threads.length,
      task,
      body,
      parent,
      next: 0,
      steps: 0,
      state: "runnable",
      place: -1,
      addr: 0,
      deadlineUs: Infinity,
      answer: 0,
      result: undefined,
    };
    this.threads.push(thread);
    this.alive++;
    if (parent !== null) this.released.push(thread);
    this.#advance(thread);
    this.#running = parent;
    return thread;
  }

  /** The code of a task is running; so it still is if it threw. */
  get isInTask(): boolean {
    return this.#running !== null;
  }

  /** Let an enabled thread take the step that it stands before, up to its next one. */
  step(thread: Thread): void {
    const step = thread.next;
    const kind = kindOf(step);
    const addr = addrOf(step);
    this.steps++;
    this.nowUs += this.#stepUs;
    this.lastThread = thread;
    this.lastStep = step;
    this.lastAnswer = 0;
    this.lastWrote = false; // also if the step throws
    if (this.released.length > 0) this.released.length = 0;
    thread.steps++;
    switch (kind) {
      case READ:
      case READ_ONCE:
      case ACQUIRE:
        this.#advance(thread);
        break;
      case RMW:
      case AWAIT: {
        const before = this.words[addr];
        if (kind === AWAIT) this.#forget(this.#awaiters, addr, thread);
        this.#advance(thread);
        this.lastWrote = this.words[addr] !== before;
        break;
      }
      case FUTEX_WAIT:
        this.#futexWait(thread, addr);
        break;
      case FUTEX_WAKE:
        this.lastWrote = this.#futexWake(addr, thread.task.count);
        this.#advance(thread);
        break;
      case SLEEP:
        if (thread.task.deadlineUs > this.nowUs) this.#block(thread, "sleeping", thread.task.deadlineUs);
        else this.#advance(thread);
        break;
      case CHOICE:
        thread.answer = this.lastAnswer = this.#choose(thread.task.percent, thread) ? 1 : 0;
        this.#advance(thread);
        break;
      case RELAX:
        this.#advance(thread);
        break;
      case WRITE:
      case WRITE_ONCE:
      case RELEASE:
        this.lastWrote = true;
        this.#advance(thread);
        break;
      default:
        throw refusedStep(thread.task, step, "the explorer does not know it");
    }
    if (this.lastWrote) {
      if (this.image !== null) this.image.mark(addr);
      if (this.#awaiters.size > 0) this.#reconsider(addr);
    }
    if (this.nowUs >= this.#soonestUs) this.expireDeadlines();
  }

  /** Step this thread alone until it is done or blocked. */
  runAlone(thread: Thread): void {
    while (thread.state === "runnable") this.step(thread);
  }

  /** Nobody can run: go to the next deadline and wake whom it belongs to; false if there is none. */
  passTime(): boolean {
    this.#findSoonest();
    if (this.#soonestUs === Infinity) return false;
    this.nowUs = Math.max(this.nowUs, this.#soonestUs);
    this.expireDeadlines();
    return true;
  }

  /** A thread sleeps on a futex, or awaits a signal: wake it although nobody wakes it, as may happen at any time. */
  wakeForNoReason(thread: Thread): void {
    if (thread.state === "awaiting") {
      const addr = addrOf(thread.next);
      this.words[addr] = (this.words[addr] & ~thread.task.mask) | thread.task.expected;
      this.#reconsider(addr);
      return;
    }
    this.#forget(this.#sleepers, thread.addr, thread);
    this.#resume(thread, WOKEN);
  }

  /** Wake everybody whose deadline has come. */
  expireDeadlines(): void {
    for (const thread of this.threads) {
      if (thread.deadlineUs > this.nowUs) continue;
      if (thread.state === "waiting") this.#forget(this.#sleepers, thread.addr, thread);
      this.#resume(thread, thread.state === "waiting" ? TIMED_OUT : WOKEN);
    }
    this.#findSoonest();
  }

  #findSoonest(): void {
    this.#soonestUs = Infinity;
    for (const thread of this.threads) {
      if (thread.deadlineUs < this.#soonestUs) this.#soonestUs = thread.deadlineUs;
    }
  }

  #futexWait(thread: Thread, addr: number): void {
    if (Atomics.load(this.words, addr) === thread.task.expected) {
      if (this.spuriousPercent === 0 || !this.#choose(this.spuriousPercent, thread)) {
        this.lastWrote = true;
        thread.addr = addr;
        this.#block(thread, "waiting", thread.task.deadlineUs);
        enter(this.#sleepers, addr, thread);
        return;
      }
      this.lastAnswer = 1;
    }
    this.#advance(thread);
  }

  /** Did anybody sleep there? */
  #futexWake(addr: number, count: number): boolean {
    const queue = this.#sleepers.get(addr);
    if (queue === undefined) return false;
    const woken = queue.splice(0, count);
    if (queue.length === 0) this.#sleepers.delete(addr);
    for (const thread of woken) {
      this.released.push(thread);
      this.#resume(thread, WOKEN);
    }
    return woken.length > 0;
  }

  /** The word was written: whoever awaits something of it may go on now, or may not any more. */
  #reconsider(addr: number): void {
    for (const thread of this.#awaiters.get(addr) ?? []) {
      const isMet = this.#isMet(thread, addr);
      if (isMet === (thread.state === "runnable")) continue;
      if (isMet) this.#enable(thread);
      else this.#disable(thread, "awaiting");
    }
  }

  #isMet(thread: Thread, addr: number): boolean {
    return (Atomics.load(this.words, addr) & thread.task.mask) === thread.task.expected;
  }

  #block(thread: Thread, state: "waiting" | "sleeping", deadlineUs: number): void {
    this.#disable(thread, state);
    thread.deadlineUs = deadlineUs;
    if (deadlineUs < this.#soonestUs) this.#soonestUs = deadlineUs;
  }

  /** The wait or sleep is over: its answer goes to the task, which stops before its next step. */
  #resume(thread: Thread, answer: number): void {
    thread.deadlineUs = Infinity;
    thread.answer = answer;
    const running = this.#running;
    this.#advance(thread);
    this.#running = running;
  }

  #advance(thread: Thread): void {
    this.#running = thread;
    const { done, value } = thread.body.next(thread.answer);
    this.#running = null;
    thread.answer = 0;
    if (done === true) {
      this.#disable(thread, "done");
      this.alive--;
      thread.result = value;
      return;
    }
    thread.next = value as Step;
    if (kindOf(thread.next) === AWAIT && !this.#await(thread, addrOf(thread.next))) return;
    if (thread.place < 0) this.#enable(thread);
  }

  /** May the thread go on at once? */
  #await(thread: Thread, addr: number): boolean {
    enter(this.#awaiters, addr, thread);
    if (this.#isMet(thread, addr)) return true;
    this.#disable(thread, "awaiting");
    return false;
  }

  #enable(thread: Thread): void {
    thread.state = "runnable";
    thread.place = this.enabled.length;
    this.enabled.push(thread);
  }

  #disable(thread: Thread, state: ThreadState): void {
    thread.state = state;
    if (thread.place < 0) return;
    const last = this.enabled.pop()!;
    if (last !== thread) {
      this.enabled[thread.place] = last;
      last.place = thread.place;
    }
    thread.place = -1;
  }

  #forget(queues: Map<number, Thread[]>, addr: number, thread: Thread): void {
    const queue = queues.get(addr)!;
    queue.splice(queue.indexOf(thread), 1);
    if (queue.length === 0) queues.delete(addr);
  }
}

export interface EngineOptions {
  /** Answers CHOICE steps; without it nothing ever happens by chance. */
  readonly choose?: Choose | undefined;
  /** Probability that a futex wait returns at once although its word holds the expected value, in percent; asked of `choose`. */
  readonly spuriousPercent?: number | undefined;
  /** Virtual time that a step takes, in microseconds; 0, the default: time passes only while nobody can run. */
  readonly stepUs?: number | undefined;
  /** Told of every word that a step writes. */
  readonly image?: MemoryImage | undefined;
}

/** Does an event of this probability (0 to 100) happen to this thread now? */
export type Choose = (percent: number, thread: Thread) => boolean;

/** `awaiting`: stands before an AWAIT whose word does not hold what it wants. */
export type ThreadState = "runnable" | "waiting" | "sleeping" | "awaiting" | "done";

export interface Thread {
  readonly index: number;
  readonly task: Task;
  readonly body: Run<unknown>;
  /** Who spawned it; null if it was there from the start. */
  readonly parent: Thread | null;
  /** The step that the thread stands before; of a sleeping one, the one it sleeps in. */
  next: Step;
  /** Steps that it has taken. */
  steps: number;
  state: ThreadState;
  /** Index in {@link Engine.enabled}, -1 if it cannot run. */
  place: number;
  /** Futex that it waits on. */
  addr: number;
  deadlineUs: number;
  answer: number;
  result: unknown;
}

function enter(queues: Map<number, Thread[]>, addr: number, thread: Thread): void {
  const queue = queues.get(addr);
  if (queue === undefined) queues.set(addr, [thread]);
  else queue.push(thread);
}
