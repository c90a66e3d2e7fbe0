import { addrOf, AWAIT, kindOf } from "../../../../machine/step.ts";
import { hasAddress } from "../../dependence.ts";
import { FATAL, type EventLog } from "./event_log.ts";
import type { HappensBefore } from "./happens_before.ts";

/** A thread that stands before a step at the end of an execution. */
export interface Standing {
  readonly thread: number;
  readonly step: number;
  readonly expected: number;
  readonly mask: number;
  /** It could take the step. */
  readonly canRun: boolean;
}

/**
 * Steps that clash, and could be taken the other way round: no third one comes between them. A step that was waited for can only be
 * moved before a write that was in its way.
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
    let earlier: number[] = [];
    if (hasAddress(log.step[at])) {
      if (log.wrote(at)) this.#readsBefore(at, earlier);
      const write = kindOf(log.step[at]) === AWAIT ? this.#obstacle(at) : log.priorWrite[at];
      if (write >= 0) earlier.push(write);
    }
    if (log.has(at, FATAL)) earlier = this.#lastOfThreads(at);
    return earlier.filter((step) => !this.#order.isPast(step, at) && !earlier.some((other) => other !== step && this.#order.isBefore(step, other)));
  }

  /** The step that kept a thread from taking the one that it stands before at the end of the execution; -1 if none did. */
  keeping({ thread, step, expected, mask, canRun }: Standing): number {
    const log = this.#log;
    const end = log.length - 1;
    if (canRun && !(kindOf(step) === AWAIT && addrOf(log.step[end]) === addrOf(step) && log.wrote(end))) {
      return this.#order.isPastOfThread(end, thread) ? -1 : end;
    }
    return this.#enablingWrite(log.lastWrite(addrOf(step)), expected, mask, (write) => this.#order.isPastOfThread(write, thread));
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

  #lastOfThreads(end: number): number[] {
    const last = new Map<number, number>();
    for (let at = end - 1; at >= 0; at--) if (!last.has(this.#log.thread[at])) last.set(this.#log.thread[at], at);
    return [...last.values()];
  }
}
