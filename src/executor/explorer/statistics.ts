import type { Recording } from "./recording.ts";
import { TraceCounter, type TraceCounts } from "./trace_counter.ts";

/** One execution in numbers. */
export interface Measure {
  readonly steps: number;
  /** How often a step was taken by another thread than the step before it. */
  readonly switches: number;
  /** Hash of its trace, see TraceHash. */
  readonly trace: number;
}

/** Many executions in numbers. Plain data. */
export interface Figures {
  readonly schedules: number;
  readonly steps: number;
  readonly traces: TraceCounts;
  readonly switches: { readonly min: number; readonly average: number; readonly max: number };
}

/** Adds up what executions were like; the same in whatever order they are added. */
export class Statistics {
  #schedules = 0;
  #steps = 0;
  #switches = 0;
  #minSwitches = Infinity;
  #maxSwitches = 0;
  readonly #traces = new TraceCounter();

  add({ steps, switches, trace }: Measure): void {
    this.#schedules++;
    this.#steps += steps;
    this.#switches += switches;
    this.#minSwitches = Math.min(this.#minSwitches, switches);
    this.#maxSwitches = Math.max(this.#maxSwitches, switches);
    this.#traces.add(trace);
  }

  get schedules(): number {
    return this.#schedules;
  }

  figures(): Figures {
    const schedules = this.#schedules;
    return {
      schedules,
      steps: this.#steps,
      traces: this.#traces.counts(),
      switches: { min: schedules === 0 ? 0 : this.#minSwitches, average: schedules === 0 ? 0 : this.#switches / schedules, max: this.#maxSwitches },
    };
  }
}

/** Context switches of a recorded execution, voluntary or not. */
export function switchesOf({ length, thread }: Recording): number {
  let switches = 0;
  for (let i = 1; i < length; i++) {
    if (thread[i] !== thread[i - 1]) switches++;
  }
  return switches;
}
