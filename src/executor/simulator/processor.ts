import type { Run, Step } from "../../machine/step.ts";
import type { Task } from "../../machine/task.ts";

/** Something that takes one step at a time. */
export interface Processor {
  readonly index: number;
  /** A CPU, for which threads queue; else hardware with a single thread. */
  readonly isCpu: boolean;
  running: SimulatedThread | null;
  /** Goes on as soon as no interrupt handler can run. */
  interrupted: SimulatedThread | null;
  /** When its slice began, of the thread that is running or was interrupted. */
  sinceNs: number;
  /** Can run and wait for it: interrupt handlers, whom nobody keeps waiting longer than its step; everybody else. */
  readonly interrupts: SimulatedThread[];
  readonly queue: SimulatedThread[];
}

/** `waking`: can run as soon as its wake-up is over. */
export type ThreadState = "ready" | "running" | "waiting" | "sleeping" | "waking" | "done";

export interface SimulatedThread {
  readonly index: number;
  readonly task: Task;
  readonly body: Run<unknown>;
  readonly processor: Processor;
  readonly isInterrupt: boolean;
  /** Goes on forever: the simulation ends without it. */
  readonly isDaemon: boolean;
  state: ThreadState;
  /** The step that it stands before, or waits in. */
  next: Step;
  /** To its wait, or to its question. */
  answer: number;
  /** What it has to do before its next step begins, beyond what that costs. */
  debtNs: number;
  /** End of its wait, sleep or wake-up; Infinity: none. */
  untilNs: number;
  /** Since when it waits or sleeps. */
  sinceNs: number;
}
