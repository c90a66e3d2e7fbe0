import type { Task } from "../machine/task.ts";
import type { Tracer } from "../machine/tracepoint.ts";
import { kernelEvents } from "../kernel/tracepoints.ts";
import { deviceEvents } from "../device/tracepoints.ts";
import { hex, hexRange } from "./format.ts";
import type { OpenRanges } from "./open_ranges.ts";
import type { CheckWorld } from "./world.ts";

/** Something that began and did not come to its end. */
export interface Unfinished {
  /** `invalidate_range_start of [0x1000, 0x2000)`. */
  readonly what: string;
  /** Name of the task. */
  readonly task: string;
  readonly sinceUs: number;
}

/** The longest waits seen, in microseconds. They have no bound while unrelated invalidations go on (RULES 11, I25). */
export interface WorstWaits {
  readonly readBeginUs: number;
  readonly removeUs: number;
  readonly notifierUs: number;
}

export function longestWaits(waits: readonly WorstWaits[]): WorstWaits {
  const longest = (of: (worst: WorstWaits) => number) => Math.max(0, ...waits.map(of));
  return { readBeginUs: longest((w) => w.readBeginUs), removeUs: longest((w) => w.removeUs), notifierUs: longest((w) => w.notifierUs) };
}

/** Oracle 6, progress: what was begun is finished. Each thread knows of its own tasks. */
export class Progress {
  readonly #world: CheckWorld;
  readonly #open: OpenRanges;
  readonly #waits = new Map<string, Unfinished>();
  #readBeginUs = 0;
  #removeUs = 0;
  #notifierUs = 0;

  constructor(world: CheckWorld, open: OpenRanges) {
    this.#world = world;
    this.#open = open;
  }

  listen(tracer: Tracer): void {
    const name = (addr: number) => this.#world.nameOf(addr);
    tracer.on(kernelEvents.readBeginWait, (task, sub) => this.#begin(task, `read_begin of ${name(sub)}`));
    tracer.on(kernelEvents.readBegin, (task, sub, _seq, waited) => {
      if (waited !== 0) this.#readBeginUs = Math.max(this.#readBeginUs, this.#end(task, `read_begin of ${name(sub)}`));
    });
    tracer.on(kernelEvents.intervalRemove, (task, sub) => this.#begin(task, `remove of ${name(sub)}`));
    tracer.on(kernelEvents.intervalRemoved, (task, sub) => {
      this.#removeUs = Math.max(this.#removeUs, this.#end(task, `remove of ${name(sub)}`));
    });
    tracer.on(kernelEvents.invalidateRangeStarted, (task, _mm, _start, _end, id) => {
      const range = this.#open.find(task, id);
      if (range !== undefined) this.#notifierUs = Math.max(this.#notifierUs, task.nowUs() - range.startedUs);
    });
    // A fault is raised and answered in the GPU's own thread, though perhaps by different tasks of it.
    tracer.on(deviceEvents.fault, (task, gpu, context, va) => {
      const what = `fault of ${this.#world.gpus[gpu].name} context ${context}`;
      this.#waits.set(what, { what: `${what} at ${hex(va)}`, task: task.name, sinceUs: task.nowUs() });
    });
    tracer.on(deviceEvents.faultAnswered, (_task, gpu, context) => {
      this.#waits.delete(`fault of ${this.#world.gpus[gpu].name} context ${context}`);
    });
  }

  /** What tasks of this thread began and did not finish, oldest first. */
  unfinished(): Unfinished[] {
    const found = [...this.#waits.values()];
    for (const [task, range] of this.#open.all()) {
      const call = range.isStarted ? "between invalidate_range_start and _end" : "invalidate_range_start";
      found.push({ what: `${call} of ${hexRange(range.start, range.end)}`, task: this.#world.taskName(task), sinceUs: range.startedUs });
    }
    return found.sort((a, b) => a.sinceUs - b.sinceUs);
  }

  worst(): WorstWaits {
    return { readBeginUs: this.#readBeginUs, removeUs: this.#removeUs, notifierUs: this.#notifierUs };
  }

  #begin(task: Task, what: string): void {
    this.#waits.set(`${task.id} ${what}`, { what, task: task.name, sinceUs: task.nowUs() });
  }

  /** How long it took, in microseconds. */
  #end(task: Task, what: string): number {
    const key = `${task.id} ${what}`;
    const wait = this.#waits.get(key);
    this.#waits.delete(key);
    return wait === undefined ? 0 : task.nowUs() - wait.sinceUs;
  }
}
