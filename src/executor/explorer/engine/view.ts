import type { Step } from "../../../machine/step.ts";
import type { Thread } from "./engine.ts";

/** What a strategy sees of an engine: who can run, what the last step was. It decides, the engine acts. */
export interface EngineView {
  readonly words: ArrayLike<number>;
  /** In the order of their spawning; `threads[i].index === i`. */
  readonly threads: readonly ThreadView[];
  /** The threads that can take a step now, in no particular but a reproducible order. */
  readonly enabled: readonly ThreadView[];
  /** Steps taken. */
  readonly steps: number;
  /** Of the last step: who took it, what it was, and whether it changed its word (or the queue of those who sleep on it). */
  readonly lastThread: ThreadView | null;
  readonly lastStep: Step;
  readonly lastWrote: boolean;
  /** What a CHOICE, or a spurious wake-up, was answered; 0 if the last step asked nothing. */
  readonly lastAnswer: number;
  /** Threads that the last step woke or spawned: whatever they do comes after it. */
  readonly released: readonly ThreadView[];
  /** Probability that a futex wait returns at once although its word holds the expected value, in percent. */
  readonly spuriousPercent: number;
}

export type ThreadView = Readonly<Thread>;
