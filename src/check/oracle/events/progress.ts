import { struct, u32 } from "../../../machine/struct.ts";
import type { Task } from "../../../machine/task.ts";
import { deviceEvents } from "../../../device/tracepoints.ts";
import { kernelEvents } from "../../../kernel/tracepoints.ts";
import type { OpenRange } from "../../books/open_ranges.ts";
import { hex, hexRange } from "../../../trace/format.ts";
import { imbalances } from "../balance.ts";
import type { EventWatch, Oracle } from "../oracle.ts";

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

/** What the watch of progress can tell at any time. */
export interface Progress extends Oracle {
  /** What tasks of this thread began and did not finish, oldest first. */
  unfinished(): Unfinished[];
  worst(): WorstWaits;
}

/** What all threads have begun and not finished. */
const Pending = struct("check_pending", { readBegins: u32, removals: u32, faults: u32 });

/** More than any GPU has. */
const CONTEXTS = 1024;

/**
 * Oracle 6, progress: what was begun is finished. Each thread can name what its own tasks are about; how much there is over all
 * threads stands in shared memory, for the end of a run.
 */
export function watchProgress({ tracer, layout, world, books: { open, active }, report }: EventWatch): Progress {
  const pending = layout.place(Pending, "check.pending");
  const readBegins = new Waits(pending + Pending.readBegins); // by task
  const removals = new Waits(pending + Pending.removals); // by task
  const faults = new Waits(pending + Pending.faults); // by GPU and context
  let notifierUs = 0;

  tracer.on("book", kernelEvents.readBeginWait, (task, sub) => readBegins.begin(task, task.id, sub));
  tracer.on("book", kernelEvents.readBegin, (task, _sub, _seq, waited) => {
    if (waited !== 0) readBegins.end(task, task.id);
  });
  tracer.on("book", kernelEvents.intervalRemove, (task, sub) => removals.begin(task, task.id, sub));
  tracer.on("book", kernelEvents.intervalRemoved, (task) => removals.end(task, task.id));
  // A fault is raised and answered in the GPU's own thread, though perhaps by different tasks of it.
  tracer.on("book", deviceEvents.fault, (task, gpu, context, va) => faults.begin(task, gpu * CONTEXTS + context, va));
  tracer.on("book", deviceEvents.faultAnswered, (task, gpu, context) => faults.end(task, gpu * CONTEXTS + context));
  tracer.on("judge", kernelEvents.invalidateRangeStarted, (task, _mm, _start, _end, id) => {
    const range = open.find(task, id);
    if (range !== undefined) notifierUs = Math.max(notifierUs, task.nowUs() - range.startedUs);
  });

  const told = ({ task, start, end, isStarted, startedUs }: OpenRange): Unfinished => {
    const call = isStarted ? "between invalidate_range_start and _end" : "invalidate_range_start";
    return { what: `${call} of ${hexRange(start, end)}`, task: world.taskName(task), sinceUs: startedUs };
  };
  return {
    unfinished: () =>
      [
        ...[...open.all()].map(told),
        ...readBegins.told(({ about }) => `read_begin of ${world.nameOf(about)}`),
        ...removals.told(({ about }) => `remove of ${world.nameOf(about)}`),
        ...faults.told(({ about }, key) => `fault of context ${key % CONTEXTS} at ${hex(about)}`),
      ].sort((a, b) => a.sinceUs - b.sinceUs),
    worst: () => ({ readBeginUs: readBegins.worstUs, removeUs: removals.worstUs, notifierUs }),
    atQuiescence(task) {
      const { words } = task;
      const left = [
        { name: "ranges between start and end", expected: 0, actual: active.count(words) },
        { name: "read_begin asleep", expected: 0, actual: readBegins.ofAllThreads(words) },
        { name: "notifiers being removed", expected: 0, actual: removals.ofAllThreads(words) },
        { name: "faults without an answer", expected: 0, actual: faults.ofAllThreads(words) },
      ];
      for (const message of imbalances(left)) report(task, "balance", message);
    },
    reset() {
      for (const waits of [readBegins, removals, faults]) waits.reset();
    },
  };
}

interface Wait {
  readonly task: string;
  readonly sinceUs: number;
  /** Notifier, or process address. */
  readonly about: number;
}

/** Waits of one kind. */
class Waits {
  worstUs = 0;
  readonly #pending: number;
  readonly #ofThread = new Map<number, Wait>();

  /** @param pending shared word that counts them over all threads */
  constructor(pending: number) {
    this.#pending = pending;
  }

  begin(task: Task, key: number, about: number): void {
    if (this.#ofThread.has(key)) return;
    this.#ofThread.set(key, { task: task.name, sinceUs: task.nowUs(), about });
    Atomics.add(task.words, this.#pending, 1);
  }

  end(task: Task, key: number): void {
    const wait = this.#ofThread.get(key);
    if (wait === undefined) return;
    this.#ofThread.delete(key);
    Atomics.sub(task.words, this.#pending, 1);
    this.worstUs = Math.max(this.worstUs, task.nowUs() - wait.sinceUs);
  }

  ofAllThreads(words: Int32Array): number {
    return Atomics.load(words, this.#pending);
  }

  told(what: (wait: Wait, key: number) => string): Unfinished[] {
    return [...this.#ofThread].map(([key, wait]) => ({ what: what(wait, key), task: wait.task, sinceUs: wait.sinceUs }));
  }

  /** Nobody waits. */
  reset(): void {
    this.#ofThread.clear();
  }
}
