import { peekAddr, pokeAddr } from "../../machine/access.ts";
import type { Layout } from "../../machine/layout.ts";
import { struct, u32, u64, type Ptr } from "../../machine/struct.ts";
import type { Tracer } from "../../machine/tracer.ts";
import { kernelEvents } from "../../kernel/tracepoints.ts";
import { MMU_NOTIFY_RELEASE } from "../../kernel/view.ts";
import { mayBeSkipped } from "./notify_event.ts";
import type { OpenRanges } from "./open_ranges.ts";

/** A range between the return of invalidate_range_start and invalidate_range_end. */
export const ActiveRange = struct("check_active_range", {
  /** Goes up when the range enters and when it leaves: odd while it is inside. */
  version: u32,
  mm: u32,
  task: u32,
  id: u32,
  start: u64,
  end: u64,
});

const Head = struct("check_active_ranges", {
  /** Ranges inside now. */
  inside: u32,
  /** No slot from here on was ever used. */
  used: u32,
  /** Ranges that found no place. */
  missed: u32,
});

/** Ranges inside at once: tasks times nesting. */
const MAX_RANGES = 256;
/** No process address is as high; ends such as ULONG_MAX are cut down to it. */
const TOP = 2 ** 48;

/** All ranges in which no device may have a translation, in memory that the oracles of all threads share. */
export class ActiveRanges {
  readonly #head: Ptr<"check_active_ranges">;
  readonly #slots: Ptr<"check_active_range">;
  readonly #capacity: number;

  constructor(layout: Layout, tableRows = MAX_RANGES) {
    this.#capacity = Math.min(tableRows, MAX_RANGES);
    this.#head = layout.place(Head, "check.active_ranges");
    this.#slots = layout.place(ActiveRange, "check.active_range", this.#capacity);
  }

  listen(tracer: Tracer, open: OpenRanges): void {
    tracer.on("book", kernelEvents.invalidateRangeStarted, (task, mm, start, end, id, result) => {
      const range = open.find(task, id);
      // At the end of a process this is said of interval notifiers alone, and classic ones are still to be told (RULES 44).
      if (result !== 0 || range === undefined || range.event === MMU_NOTIFY_RELEASE) return;
      if (!mayBeSkipped(range)) this.enter(task.words, mm, start, end, task.id, id);
    });
    tracer.on("forget", kernelEvents.invalidateRangeEnd, (task, _mm, _start, _end, id) => this.leave(task.words, task.id, id));
  }

  /** From now on no translation may appear in the range. A range that finds no place is not watched. */
  enter(words: Int32Array, mm: number, start: number, end: number, task: number, id: number): void {
    for (let i = 0; i < this.#capacity; i++) {
      const slot = this.slot(i);
      if (Atomics.compareExchange(words, slot + ActiveRange.mm, 0, mm) !== 0) continue;
      words[slot + ActiveRange.task] = task;
      words[slot + ActiveRange.id] = id;
      pokeAddr(words, slot + ActiveRange.start, Math.min(start, TOP));
      pokeAddr(words, slot + ActiveRange.end, Math.min(end, TOP));
      this.#raiseUsed(words, i + 1);
      Atomics.add(words, slot + ActiveRange.version, 1);
      Atomics.add(words, this.#head + Head.inside, 1);
      return;
    }
    Atomics.add(words, this.#head + Head.missed, 1);
  }

  /** The range of this task is over. */
  leave(words: Int32Array, task: number, id: number): void {
    const used = Atomics.load(words, this.#head + Head.used);
    for (let i = 0; i < used; i++) {
      const slot = this.slot(i);
      if ((words[slot + ActiveRange.version] & 1) === 0) continue;
      if (words[slot + ActiveRange.task] !== task || words[slot + ActiveRange.id] !== id) continue;
      Atomics.sub(words, this.#head + Head.inside, 1);
      Atomics.add(words, slot + ActiveRange.version, 1);
      Atomics.store(words, slot + ActiveRange.mm, 0);
      return;
    }
  }

  /** An active range of `mm` that touches [start, end), or -1. It was active at some moment of this call. */
  covering(words: Int32Array, mm: number, start: number, end: number): number {
    if (Atomics.load(words, this.#head + Head.inside) === 0) return -1;
    const used = Atomics.load(words, this.#head + Head.used);
    for (let i = 0; i < used; i++) {
      const slot = this.slot(i);
      const version = Atomics.load(words, slot + ActiveRange.version);
      if ((version & 1) === 0 || words[slot + ActiveRange.mm] !== mm) continue;
      const touches = peekAddr(words, slot + ActiveRange.start) < end && peekAddr(words, slot + ActiveRange.end) > start;
      if (touches && Atomics.load(words, slot + ActiveRange.version) === version) return i;
    }
    return -1;
  }

  slot(index: number): Ptr<"check_active_range"> {
    return (this.#slots + index * ActiveRange.words) as Ptr<"check_active_range">;
  }

  /** Ranges inside now. */
  count(words: Int32Array): number {
    return Atomics.load(words, this.#head + Head.inside);
  }

  /** Ranges that were not watched. */
  missed(words: Int32Array): number {
    return Atomics.load(words, this.#head + Head.missed);
  }

  #raiseUsed(words: Int32Array, used: number): void {
    let former = Atomics.load(words, this.#head + Head.used);
    while (former < used) {
      const found = Atomics.compareExchange(words, this.#head + Head.used, former, used);
      if (found === former) return;
      former = found;
    }
  }
}
