import type { Layout } from "../../machine/layout.ts";
import { array, struct, u32, u64, type Ptr } from "../../machine/struct.ts";
import { allTracepoints } from "../../machine/tracepoint.ts";
import type { Tracer } from "../../machine/tracer.ts";
import { machineEvents } from "../../machine/tracepoints.ts";
import { deviceEvents } from "../../device/tracepoints.ts";
import { driverEvents } from "../../driver/tracepoints.ts";
import { kernelEvents } from "../../kernel/tracepoints.ts";
import { eventLine } from "../../trace/event_line.ts";
import { EVENT_DOUBLES, eventAt, UNTIMED, writeEvent } from "../../trace/recording.ts";
import type { CheckWorld } from "../world.ts";

/**
 * The last events of every thread, in shared memory, so that whoever finds a violation can tell what led to it. A thread writes
 * its ring alone, round and round. A reader on another thread takes an event only if its stamp is the same before and after.
 */

/** Events that a ring holds; a power of two. */
export const RING_EVENTS = 512;

const EventRing = struct("event_ring", {
  /** One slot more, because a ring begins at an even word. */
  doubles: array(struct("double", { value: u64 }), RING_EVENTS * EVENT_DOUBLES + 1),
});
const Clock = struct("event_clock", { stamp: u32 });

/** Events so frequent that a look at the clock, which takes longer than all the rest, is too much. */
const TOO_FREQUENT_TO_TIME = new Set<number>([
  deviceEvents.tlbLookup,
  deviceEvents.deviceAccess,
  kernelEvents.lockAcquired,
  kernelEvents.lockRelease,
  kernelEvents.cpuAccess,
  kernelEvents.pteSet,
  kernelEvents.pteClear,
  machineEvents.kmemAlloc,
  machineEvents.kmemFree,
  machineEvents.mightAlloc,
  machineEvents.mightSleep,
]);

/** Events shown with a violation; of locks, slabs and TLB look-ups there are too many to see anything else. */
const RECENT_EVENTS = 60;
const NOT_SHOWN = new Set<number>([
  deviceEvents.tlbLookup,
  kernelEvents.lockAcquired,
  kernelEvents.lockRelease,
  machineEvents.kmemAlloc,
  machineEvents.kmemFree,
  machineEvents.mightAlloc,
  machineEvents.mightSleep,
  kernelEvents.reclaimBegin,
  kernelEvents.reclaimEnd,
  driverEvents.fenceWait,
  driverEvents.fenceSignallingBegin,
  driverEvents.fenceSignallingEnd,
]);

export class FlightRecorder {
  readonly #world: CheckWorld;
  readonly #clock: Ptr<"event_clock">;
  readonly #rings: Ptr<"event_ring">;
  #own: Float64Array | null = null;
  #next = 0;

  constructor(layout: Layout, world: CheckWorld) {
    this.#world = world;
    this.#clock = layout.place(Clock, "check.event_clock");
    this.#rings = layout.place(EventRing, "check.event_ring", world.threads);
  }

  listen(tracer: Tracer): void {
    for (const { id } of allTracepoints()) {
      const isTimed = !TOO_FREQUENT_TO_TIME.has(id);
      tracer.on("record", id, (task, a, b, c, d, e, f) => {
        const ring = this.#own ?? (this.#own = this.#ring(task.words, this.#world.thread));
        const at = (this.#next++ & (RING_EVENTS - 1)) * EVENT_DOUBLES;
        writeEvent(ring, at, task.id, id, isTimed ? task.nowUs() : UNTIMED, a, b, c, d, e, f);
        ring[at] = (Atomics.add(task.words, this.#clock, 1) >>> 0) + 1;
      });
    }
  }

  /** How many events this thread has recorded. */
  get recorded(): number {
    return this.#next;
  }

  /** No event was ever recorded by this thread. */
  reset(): void {
    this.#own?.fill(0, 0, Math.min(this.#next, RING_EVENTS) * EVENT_DOUBLES);
    this.#next = 0;
  }

  /** The last events of all threads that tell something, oldest first, one line each. */
  recent(words: Int32Array, count = RECENT_EVENTS): string[] {
    const shown = this.#events(words).filter((event) => !NOT_SHOWN.has(event[2]));
    return shown.slice(-count).map((event) => eventLine(this.#world, eventAt(event, 0)));
  }

  /** All events in the rings, oldest first, as they are recorded. */
  #events(words: Int32Array): Float64Array[] {
    const events: Float64Array[] = [];
    for (let thread = 0; thread < this.#world.threads; thread++) {
      const ring = this.#ring(words, thread);
      for (let at = 0; at < RING_EVENTS * EVENT_DOUBLES; at += EVENT_DOUBLES) {
        const event = ring.slice(at, at + EVENT_DOUBLES);
        if (event[0] !== 0 && ring[at] === event[0]) events.push(event);
      }
    }
    return events.sort((a, b) => a[0] - b[0]);
  }

  #ring(words: Int32Array, thread: number): Float64Array {
    const base = this.#rings + thread * EventRing.words;
    return new Float64Array(words.buffer, words.byteOffset + (base + (base & 1)) * 4, RING_EVENTS * EVENT_DOUBLES);
  }
}
