import { addrOf, CHOICE, FUTEX_WAIT, FUTEX_WAKE, kindOf, RELAX, SLEEP, TIMED_OUT, WOKEN, type Run, type Step } from "../../machine/step.ts";
import type { Task } from "../../machine/task.ts";

/**
 * All tasks in one thread: whoever calls {@link Engine.step} decides who runs next. Futexes are real (a task sleeps until
 * woken), time is virtual and moves when nobody can run (or as the caller likes), chance is answered by the caller's function.
 */
export class Engine {
  readonly words: Int32Array;
  readonly threads: Thread[] = [];
  /** Virtual time in microseconds. */
  nowUs = 0;
  readonly #chance: (percent: number) => boolean;

  constructor(words: Int32Array, chance: (percent: number) => boolean = () => false) {
    this.words = words;
    this.#chance = chance;
  }

  /** Add a task that runs `body`; it stops before its first step. Exceptions of protocol code come out of here and of step(). */
  spawn(task: Task, body: Run<unknown>): Thread {
    const thread: Thread = { task, body, next: 0, state: "runnable", addr: 0, deadlineUs: Infinity, answer: 0, result: undefined };
    this.threads.push(thread);
    this.#advance(thread);
    return thread;
  }

  /** Threads that can take a step now. */
  runnable(): Thread[] {
    return this.threads.filter((thread) => thread.state === "runnable");
  }

  /** Let a runnable thread take the step that it stands before, up to its next one. */
  step(thread: Thread): void {
    const addr = addrOf(thread.next);
    switch (kindOf(thread.next)) {
      case FUTEX_WAIT:
        if (Atomics.load(this.words, addr) === thread.task.expected) {
          thread.state = "waiting";
          thread.addr = addr;
          thread.deadlineUs = thread.task.deadlineUs;
          return;
        }
        break;
      case FUTEX_WAKE:
        this.#wake(addr, thread.task.count);
        break;
      case SLEEP:
        if (thread.task.deadlineUs > this.nowUs) {
          thread.state = "sleeping";
          thread.deadlineUs = thread.task.deadlineUs;
          return;
        }
        break;
      case CHOICE:
        thread.answer = this.#chance(thread.task.percent) ? 1 : 0;
        break;
      case RELAX:
        break;
    }
    this.#advance(thread);
  }

  /** Step this thread alone until it is done or blocked. */
  runAlone(thread: Thread): void {
    while (thread.state === "runnable") this.step(thread);
  }

  /** Nobody can run: go to the next deadline and wake whom it belongs to; false if there is none. */
  passTime(): boolean {
    const deadlineUs = Math.min(...this.threads.filter(isBlocked).map((thread) => thread.deadlineUs));
    if (!Number.isFinite(deadlineUs)) return false;
    this.nowUs = Math.max(this.nowUs, deadlineUs);
    this.expireDeadlines();
    return true;
  }

  /** Wake everybody whose deadline has come. */
  expireDeadlines(): void {
    for (const thread of this.threads) {
      if (isBlocked(thread) && thread.deadlineUs <= this.nowUs) this.#resume(thread, thread.state === "waiting" ? TIMED_OUT : WOKEN);
    }
  }

  #wake(addr: number, count: number): void {
    let left = count;
    for (const thread of this.threads) {
      if (left <= 0) return;
      if (thread.state !== "waiting" || thread.addr !== addr) continue;
      this.#resume(thread, WOKEN);
      left--;
    }
  }

  /** The wait or sleep is over: its answer goes to the task, which stops before its next step. */
  #resume(thread: Thread, answer: number): void {
    thread.state = "runnable";
    thread.deadlineUs = Infinity;
    thread.answer = answer;
    this.#advance(thread);
  }

  #advance(thread: Thread): void {
    const { done, value } = thread.body.next(thread.answer);
    thread.answer = 0;
    if (done === true) {
      thread.state = "done";
      thread.result = value;
    } else {
      thread.next = value as Step;
    }
  }
}

export interface Thread {
  readonly task: Task;
  readonly body: Run<unknown>;
  /** The step that the thread stands before. */
  next: Step;
  state: "runnable" | "waiting" | "sleeping" | "done";
  /** Futex that it waits on. */
  addr: number;
  deadlineUs: number;
  answer: number;
  result: unknown;
}

function isBlocked(thread: Thread): boolean {
  return thread.state === "waiting" || thread.state === "sleeping";
}
