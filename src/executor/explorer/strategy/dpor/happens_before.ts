import { ToolError } from "../../../../machine/tool_error.ts";
import { hasAddress } from "../../engine/dependence.ts";
import { Clocks } from "./clocks.ts";
import type { EventLog } from "./event_log.ts";

/** Threads of one execution at most. */
const MAX_THREADS = 256;

/**
 * What comes before what in the present execution: program order, accesses of which one wrote, releases, time that passed. The
 * first rows of the clocks belong to the threads, then each step has two: what comes before it in any case (its thread's past),
 * and all that comes before it, itself included.
 */
export class HappensBefore {
  readonly #log: EventLog;
  readonly #clocks = new Clocks();
  #threads = 0;
  /** Steps whose rows are known from the former execution. */
  #known = 0;

  constructor(log: EventLog) {
    this.#log = log;
  }

  /** A new execution begins, which shares so many steps with the former one. */
  begin(shared: number): void {
    for (let thread = 0; thread < this.#threads; thread++) this.#clocks.clear(thread);
    this.#threads = 0;
    this.#known = Math.min(this.#known, shared);
  }

  addThread(id: number): void {
    if (id >= MAX_THREADS) throw new ToolError(`DPOR knows at most ${MAX_THREADS} threads`);
    this.#threads = Math.max(this.#threads, id + 1);
    this.#clocks.reserve(MAX_THREADS, this.#threads);
  }

  /** The log's last step was taken. */
  step(): void {
    const at = this.#log.length - 1;
    if (at >= this.#known) {
      this.#compute(at);
      this.#known = at + 1;
    }
    this.#clocks.copy(this.#log.thread[at], rowOf(at));
  }

  /** The last step, or an earlier one, comes before whatever the thread does from now on. */
  order(at: number, thread: number): void {
    this.#clocks.join(thread, rowOf(at));
  }

  /** Everything comes before whatever these threads do from now on. */
  pass(threads: Iterable<number>): void {
    const waiting = [...threads];
    for (let from = 0; from < this.#threads; from++) for (const to of waiting) this.#clocks.join(to, from);
  }

  /** Does step `a` come before step `b`, or is it the same? */
  isBefore(a: number, b: number): boolean {
    return this.#holds(rowOf(b), a);
  }

  /** Would it do so even if b's access did not clash with any? */
  isPast(a: number, b: number): boolean {
    return this.#holds(rowOf(b) - 1, a);
  }

  /** Does step `a` come before whatever the thread does next? */
  isPastOfThread(a: number, thread: number): boolean {
    return this.#holds(thread, a);
  }

  #holds(row: number, step: number): boolean {
    return this.#clocks.at(row, this.#log.thread[step]) >= this.#log.ordinal[step];
  }

  #compute(at: number): void {
    const log = this.#log;
    const clocks = this.#clocks;
    const row = rowOf(at);
    clocks.reserve(row + 1, this.#threads);
    clocks.copy(row - 1, log.thread[at]);
    clocks.copy(row, log.thread[at]);
    clocks.set(row, log.thread[at], log.ordinal[at]);
    if (!hasAddress(log.step[at])) return;
    const write = log.priorWrite[at];
    if (write >= 0) clocks.join(row, rowOf(write));
    if (!log.wrote(at)) return;
    for (let read = log.priorAccess[at]; read > write; read = log.priorAccess[read]) clocks.join(row, rowOf(read));
  }
}

/** Row of all that comes before a step; the one before it is that of its thread's past. */
function rowOf(at: number): number {
  return MAX_THREADS + 2 * at + 1;
}
