import { addrOf, kindOf } from "../../../../machine/step.ts";
import { AWAIT } from "../../engine/await.ts";
import { hasAddress } from "../../engine/dependence.ts";
import type { ThreadView } from "../../engine/view.ts";
import { FATAL, type EventLog } from "./event_log.ts";
import type { HappensBefore } from "./happens_before.ts";

/**
 * Steps that clash, and could be taken the other way round: no third one comes between them. A step that was waited for can only
 * be moved before a write that was in its way.
 */
export class Races {
  readonly #log: EventLog;
  readonly #order: HappensBefore;

  constructor(log: EventLog, order: HappensBefore) {
    this.#log = log;
    this.#order = order;
  }

  /** Steps that race with the later step `at`. */
  before(at: number): number[] {
    const log = this.#log;
    const earlier: number[] = [];
    if (hasAddress(log.step[at])) {
      if (log.wrote(at)) this.#readsBefore(at, earlier);
      const write = kindOf(log.step[at]) === AWAIT ? this.#obstacle(at) : log.priorWrite[at];
      if (write >= 0) earlier.push(write);
    }
    if (log.has(at, FATAL)) this.#lastOfThreads(at, earlier);
    return earlier.filter(
      (step) => !this.#order.isPast(step, at) && !earlier.some((other) => other !== step && this.#order.isBefore(step, other)),
    );
  }

  /** The write that keeps a thread from taking the AWAIT that it stands before; -1 if none does. */
  keeping(thread: number, { next, task }: ThreadView): number {
    return this.#enablingWrite(this.#log.lastWrite(addrOf(next)), task.expected, task.mask, (write) =>
      this.#order.isPastOfThread(write, thread),
    );
  }

  /** Could the thread have taken the step that it stands before, instead of the one with which the execution failed? */
  isCutOff(thread: number, { next, task }: ThreadView): boolean {
    const log = this.#log;
    const end = log.length - 1;
    if (this.#order.isPastOfThread(end, thread)) return false;
    return kindOf(next) !== AWAIT || addrOf(next) !== addrOf(log.step[end]) || (log.before[end] & task.mask) === task.expected;
  }

  #readsBefore(at: number, into: number[]): void {
    const log = this.#log;
    for (let read = log.priorAccess[at]; read > log.priorWrite[at]; read = log.priorAccess[read]) into.push(read);
  }

  #obstacle(at: number): number {
    const log = this.#log;
    return this.#enablingWrite(log.priorWrite[at], log.expected[at], log.mask[at], (write) => this.#order.isPast(write, at));
  }

  /** The latest write before which the word held what is awaited. */
  #enablingWrite(latest: number, expected: number, mask: number, isPast: (write: number) => boolean): number {
    const log = this.#log;
    for (let write = latest; write >= 0 && !isPast(write); write = log.priorWrite[write]) {
      if ((log.before[write] & mask) === expected) return write;
    }
    return -1;
  }

  /** A failure clashes with everything; but what it waited for has to come before it. */
  #lastOfThreads(end: number, into: number[]): void {
    const log = this.#log;
    const seen = new Set<number>();
    const awaited = kindOf(log.step[end]) === AWAIT ? log.priorWrite[end] : -1;
    for (let at = end - 1; at >= 0; at--) {
      if (seen.has(log.thread[at])) continue;
      seen.add(log.thread[at]);
      const isAwaited = awaited >= 0 && this.#order.isBefore(at, awaited);
      if (!isAwaited) into.push(at);
    }
  }
}
