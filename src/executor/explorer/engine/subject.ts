import type { Engine } from "./engine.ts";
import type { Failure } from "./failure.ts";
import type { MemoryImage } from "./memory_image.ts";

/**
 * How an execution ended. `cut`: too long even under a fair schedule, and no cycle was seen. `given-up`: by the strategy, before
 * anything was wrong.
 */
export type Ending = "done" | "failed" | "deadlock" | "livelock" | "cut" | "given-up";

/**
 * What is explored: a program that can be run over and over, each time from the same start. All that its threads share lies in
 * `words`; what else they hold they get anew at each start.
 */
export interface Subject {
  readonly name: string;
  readonly words: Int32Array;
  /** Engines that run it tell this what is written, if {@link start} wants to restore no more than that. */
  readonly image?: MemoryImage;
  /** Put memory back to its initial state and spawn the threads. The engine has just been reset. */
  start(engine: Engine): void;
  /** After each step, before {@link failure} is asked. */
  stepped?(engine: Engine): void;
  /**
   * What is wrong so far, or null; asked after each step, so it must cost nothing: oracles that listen to tracepoints leave it
   * here. The execution ends with the first failure.
   */
  failure(): Failure | null;
  /** The execution has come to its end: what is wrong with that. A deadlock is one unless the subject says null. */
  finish(engine: Engine, ending: Ending): Failure | null;
  /** Name of a word in reports: `sub3.invalidate_seq`. */
  nameOf(addr: number): string;
  /** Is it a word whose accesses never come in another order, such as a thread's spawn, end and join? Absent: no. */
  isOrdered?(addr: number): boolean;
}
