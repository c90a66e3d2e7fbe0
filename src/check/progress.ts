import type { Layout } from "../machine/layout.ts";
import { struct, u32, type Ptr } from "../machine/struct.ts";
import type { Task } from "../machine/task.ts";
import type { Tracer } from "../machine/tracepoint.ts";
import { kernelEvents } from "../kernel/tracepoints.ts";
import { deviceEvents } from "../device/tracepoints.ts";
import type { Balance } from "./oracle/balance.ts";
import { hex, hexRange } from "./record/format.ts";
import type { OpenRanges } from "./books/open_ranges.ts";
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
  return {
    readBeginUs: longest((w) => w.readBeginUs),
    removeUs: longest((w) => w.removeUs),
    notifierUs: longest((w) => w.notifierUs),
  };
}

/** What all threads have begun and not finished. */
const Pending = struct("check_pending", { readBegins: u32, removals: u32, faults: u32 });

/** More than any GPU has. */
const CONTEXTS = 1024;

interface Wait {
  readonly task: string;
  readonly sinceUs: number;
  /** Notifier, or process address. */
  readonly about: number;
}

/**
 * Oracle 6, progress: what was begun is finished. Each thread can name what its own tasks are about; how much there is over all
 * threads stands in shared memory, for the end of a run.
 */
export class Progress {
  readonly #world: CheckWorld;
  readonly #open: OpenRanges;
  readonly #pending: Ptr<"check_pending">;
  /** By task. */
  readonly #readBegins = new Map<number, Wait>();
  readonly #removals = new Map<number, Wait>();
  /** By GPU and context. */
  readonly #faults = new Map<number, Wait>();
  #readBeginUs = 0;
  #removeUs = 0;
  #notifierUs = 0;

  constructor(layout: Layout, world: CheckWorld, open: OpenRanges) {
    this.#world = world;
    this.#open = open;
    this.#pending = layout.place(Pending, "check.pending");
  }

  listen(tracer: Tracer): void {
    tracer.on(kernelEvents.readBeginWait, (task, sub) => this.#begin(task, Pending.readBegins, this.#readBegins, task.id, sub));
    tracer.on(kernelEvents.readBegin, (task, _sub, _seq, waited) => {
      if (waited !== 0)
        this.#readBeginUs = Math.max(this.#readBeginUs, this.#end(task, Pending.readBegins, this.#readBegins, task.id));
    });
    tracer.on(kernelEvents.intervalRemove, (task, sub) => this.#begin(task, Pending.removals, this.#removals, task.id, sub));
    tracer.on(kernelEvents.intervalRemoved, (task) => {
      this.#removeUs = Math.max(this.#removeUs, this.#end(task, Pending.removals, this.#removals, task.id));
    });
    tracer.on(kernelEvents.invalidateRangeStarted, (task, _mm, _start, _end, id) => {
      const range = this.#open.find(task, id);
      if (range !== undefined) this.#notifierUs = Math.max(this.#notifierUs, task.nowUs() - range.startedUs);
    });
    // A fault is raised and answered in the GPU's own thread, though perhaps by different tasks of it.
    tracer.on(deviceEvents.fault, (task, gpu, context, va) => {
      this.#begin(task, Pending.faults, this.#faults, gpu * CONTEXTS + context, va);
    });
    tracer.on(deviceEvents.faultAnswered, (task, gpu, context) => {
      this.#end(task, Pending.faults, this.#faults, gpu * CONTEXTS + context);
    });
  }

  /** What tasks of this thread began and did not finish, oldest first. */
  unfinished(): Unfinished[] {
    const ranges = [...this.#open.all()].map(([task, range]) => {
      const call = range.isStarted ? "between invalidate_range_start and _end" : "invalidate_range_start";
      return {
        what: `${call} of ${hexRange(range.start, range.end)}`,
        task: this.#world.taskName(task),
        sinceUs: range.startedUs,
      };
    });
    return [
      ...ranges,
      ...told(this.#readBegins, ({ about }) => `read_begin of ${this.#world.nameOf(about)}`),
      ...told(this.#removals, ({ about }) => `remove of ${this.#world.nameOf(about)}`),
      ...told(this.#faults, ({ about }, key) => `fault of context ${key % CONTEXTS} at ${hex(about)}`),
    ].sort((a, b) => a.sinceUs - b.sinceUs);
  }

  /** Nobody has begun anything. */
  reset(): void {
    this.#readBegins.clear();
    this.#removals.clear();
    this.#faults.clear();
  }

  worst(): WorstWaits {
    return { readBeginUs: this.#readBeginUs, removeUs: this.#removeUs, notifierUs: this.#notifierUs };
  }

  /** What must be finished when nobody runs any more, over all threads. */
  balances(words: Int32Array): Balance[] {
    const actual = (field: number) => Atomics.load(words, this.#pending + field);
    return [
      { name: "read_begin asleep", expected: 0, actual: actual(Pending.readBegins) },
      { name: "notifiers being removed", expected: 0, actual: actual(Pending.removals) },
      { name: "faults without an answer", expected: 0, actual: actual(Pending.faults) },
    ];
  }

  #begin(task: Task, field: number, waits: Map<number, Wait>, key: number, about: number): void {
    if (waits.has(key)) return;
    waits.set(key, { task: task.name, sinceUs: task.nowUs(), about });
    Atomics.add(task.words, this.#pending + field, 1);
  }

  /** How long it took, in microseconds. */
  #end(task: Task, field: number, waits: Map<number, Wait>, key: number): number {
    const wait = waits.get(key);
    if (wait === undefined) return 0;
    waits.delete(key);
    Atomics.sub(task.words, this.#pending + field, 1);
    return task.nowUs() - wait.sinceUs;
  }
}

function told(waits: Map<number, Wait>, what: (wait: Wait, key: number) => string): Unfinished[] {
  return [...waits].map(([key, wait]) => ({ what: what(wait, key), task: wait.task, sinceUs: wait.sinceUs }));
}
