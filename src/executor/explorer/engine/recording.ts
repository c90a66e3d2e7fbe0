import type { EngineView } from "./view.ts";
import type { Step } from "../../../machine/step.ts";

/**
 * What happened in an execution, step by step, in flat arrays that grow: the trace format of the explorer. Replay, minimiser,
 * sanitizers and reports all work on it.
 */
export class Recording {
  length = 0;
  /** Index of the thread that took step `i`. */
  thread = new Uint16Array(1024);
  step = new Int32Array(1024);
  /** Bits WROTE, ANSWERED. */
  flags = new Uint8Array(1024);
  /** Pairs (step, thread): step `releases[2k]` woke or spawned thread `releases[2k + 1]`. */
  readonly releases: number[] = [];
  /** Numbers of steps before which virtual time passed because nobody could run. */
  readonly timePasses: number[] = [];

  clear(): void {
    this.length = 0;
    this.releases.length = 0;
    this.timePasses.length = 0;
  }

  /** Add the engine's last step. */
  add(engine: EngineView): void {
    const at = this.length++;
    if (at === this.thread.length) this.#grow();
    this.thread[at] = engine.lastThread!.index;
    this.step[at] = engine.lastStep;
    this.flags[at] = (engine.lastWrote ? WROTE : 0) | (engine.lastAnswer === 0 ? 0 : ANSWERED);
    for (const { index } of engine.released) this.releases.push(at, index);
  }

  addTimePass(): void {
    this.timePasses.push(this.length);
  }

  /** Step `i` as an object, for those who are not in a hurry. */
  at(i: number): RecordedStep {
    return {
      thread: this.thread[i],
      step: this.step[i],
      wrote: (this.flags[i] & WROTE) !== 0,
      answered: (this.flags[i] & ANSWERED) !== 0,
    };
  }

  /** The decisions alone. @param steps of how many steps, from the first */
  schedule(steps = this.length): Schedule {
    return { threads: this.thread.slice(0, steps), answers: this.flags.slice(0, steps).map((flags) => (flags & ANSWERED) >> 1) };
  }

  #grow(): void {
    this.thread = enlarged(this.thread, new Uint16Array(this.thread.length * 2));
    this.step = enlarged(this.step, new Int32Array(this.step.length * 2));
    this.flags = enlarged(this.flags, new Uint8Array(this.flags.length * 2));
  }
}

/** The step changed its word, or the queue of those who sleep on it. */
export const WROTE = 1;
/** The step was a choice (or a futex wait) and the answer yes. */
export const ANSWERED = 2;

export interface RecordedStep {
  readonly thread: number;
  readonly step: Step;
  readonly wrote: boolean;
  readonly answered: boolean;
}

/** Everything that was decided in an execution: who took each step, and 1 where an event of chance happened in it. */
export interface Schedule {
  readonly threads: Uint16Array;
  readonly answers: Uint8Array;
}

function enlarged<T extends Uint8Array | Uint16Array | Int32Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}
