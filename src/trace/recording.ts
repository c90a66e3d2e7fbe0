import { MAX_ARGUMENTS } from "../machine/tracepoint.ts";
import type { Tracer } from "../machine/tracer.ts";
import type { TraceEvent } from "./event.ts";

/**
 * The format of recorded events in memory: each is {@link EVENT_DOUBLES} doubles.
 *
 *     0  stamp: position among all events, from 1; 0 while the event is being written
 *     1  task
 *     2  tracepoint
 *     3  time by the clock of the recorder; -1 if it did not look at it
 *     4… the arguments of the tracepoint, unused ones 0
 */
export const EVENT_DOUBLES = 4 + MAX_ARGUMENTS;

/** Time of an event at which nobody looked at the clock. */
export const UNTIMED = -1;

/** Write all of an event but its stamp, which is to come last: whoever reads meanwhile finds none.*/
export function writeEvent(
  doubles: Float64Array,
  at: number,
  task: number,
  id: number,
  time: number,
  a: number,
  b: number,
  c: number,
  d: number,
  e: number,
  f: number,
): void {
  doubles[at] = 0;
  doubles[at + 1] = task;
  doubles[at + 2] = id;
  doubles[at + 3] = time;
  doubles[at + 4] = a;
  doubles[at + 5] = b;
  doubles[at + 6] = c;
  doubles[at + 7] = d;
  doubles[at + 8] = e;
  doubles[at + 9] = f;
}

export function eventAt(doubles: Float64Array, at: number): TraceEvent {
  const [, task, id, time, ...values] = doubles.subarray(at, at + EVENT_DOUBLES);
  return { task, id, time: time === UNTIMED ? null : time, values };
}

/** All events of an execution on one thread, however many. */
export class TraceRecording {
  #doubles = new Float64Array(1024 * EVENT_DOUBLES);
  #length = 0;

  /** Record from now on. @param clock what is the time, in microseconds since boot or in steps */
  listen(tracer: Tracer, clock: () => number): void {
    tracer.onAll("record", (id, task, a, b, c, d, e, f) => {
      const at = this.#length * EVENT_DOUBLES;
      if (at === this.#doubles.length) this.#grow();
      writeEvent(this.#doubles, at, task.id, id, clock(), a, b, c, d, e, f);
      this.#doubles[at] = ++this.#length;
    });
  }

  /** Oldest first. */
  events(): TraceEvent[] {
    return Array.from({ length: this.#length }, (_, index) => eventAt(this.#doubles, index * EVENT_DOUBLES));
  }

  #grow(): void {
    const larger = new Float64Array(2 * this.#doubles.length);
    larger.set(this.#doubles);
    this.#doubles = larger;
  }
}
