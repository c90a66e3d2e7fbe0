import type { Recording } from "../engine/recording.ts";
import { TraceCounter, type TraceCounts, type TraceCounterState } from "./trace_counter.ts";

/** One execution in numbers. */
export interface Measure {
  readonly steps: number;
  /** How often a step was taken by another thread than the step before it. */
  readonly switches: number;
  /** Hash of its trace, see TraceHash; null if it was given up: then it is the beginning of one that was run before. */
  readonly trace: number | null;
}

/** Many executions in numbers. Plain data. */
export interface Figures {
  readonly schedules: number;
  readonly steps: number;
  readonly traces: TraceCounts;
  readonly switches: { readonly min: number; readonly average: number; readonly max: number };
}

/** What is written into a checkpoint. */
export interface StatisticsState {
  readonly schedules: number;
  readonly steps: number;
  readonly switches: number;
  /** Null before the first execution. */
  readonly minSwitches: number | null;
  readonly maxSwitches: number;
  readonly traces: TraceCounterState;
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
    if (trace !== null) this.#traces.add(trace);
  }

  get schedules(): number {
    return this.#schedules;
  }

  get steps(): number {
    return this.#steps;
  }

  toJSON(): StatisticsState {
    return {
      schedules: this.#schedules,
      steps: this.#steps,
      switches: this.#switches,
      minSwitches: this.#schedules === 0 ? null : this.#minSwitches,
      maxSwitches: this.#maxSwitches,
      traces: this.#traces.toJSON(),
    };
  }

  restore({ schedules, steps, switches, minSwitches, maxSwitches, traces }: StatisticsState): void {
    this.#schedules = schedules;
    this.#steps = steps;
    this.#switches = switches;
    this.#minSwitches = minSwitches ?? Infinity;
    this.#maxSwitches = maxSwitches;
    this.#traces.restore(traces);
  }

  figures(): Figures {
    const schedules = this.#schedules;
    return {
      schedules,
      steps: this.#steps,
      traces: this.#traces.counts(),
      switches: {
        min: schedules === 0 ? 0 : this.#minSwitches,
        average: schedules === 0 ? 0 : this.#switches / schedules,
        max: this.#maxSwitches,
      },
    };
  }
}

/** Explorations of different subjects together: what is a trace of one is none of another. */
export function sumOf(all: readonly Figures[]): Figures {
  const run = all.filter(({ schedules }) => schedules > 0);
  if (run.length === 0) return new Statistics().figures();
  const sum = (number: (figures: Figures) => number) => run.reduce((total, figures) => total + number(figures), 0);
  const schedules = sum((figures) => figures.schedules);
  return {
    schedules,
    steps: sum(({ steps }) => steps),
    traces: {
      unique: sum(({ traces }) => traces.unique),
      singletons: sum(({ traces }) => traces.singletons),
      doubletons: sum(({ traces }) => traces.doubletons),
      isExact: run.every(({ traces }) => traces.isExact),
    },
    switches: {
      min: Math.min(...run.map(({ switches }) => switches.min)),
      average: sum((figures) => figures.switches.average * figures.schedules) / schedules,
      max: Math.max(...run.map(({ switches }) => switches.max)),
    },
  };
}

/** Context switches of a recorded execution, voluntary or not. */
export function switchesOf({ length, thread }: Recording): number {
  let switches = 0;
  for (let i = 1; i < length; i++) {
    if (thread[i] !== thread[i - 1]) switches++;
  }
  return switches;
}
