import type { Layout } from "../../machine/layout.ts";
import { NULL, struct, u32, type Ptr } from "../../machine/struct.ts";
import type { Tracer } from "../../machine/tracepoint.ts";
import { kernelEvents } from "../../kernel/tracepoints.ts";
import { SharedTable } from "./shared_table.ts";

/** What the oracles know about one interval notifier. */
export const SubRow = struct("check_sub", {
  sub: u32,
  mm: u32,
  /** The number that was set last. */
  seq: u32,
  /** SUB_* */
  state: u32,
  /** 1: its insertion is put off until the tree may change; 2: its removal is. */
  deferred: u32,
  isInTree: u32,
  /** Start callbacks that are running. */
  calls: u32,
  /** Finish objects that are handed out and not yet taken back. */
  finishes: u32,
});
/** Not (or no longer) inserted. */
export const SUB_NONE = 0;
/** insert() was called. */
export const SUB_LIVE = 1;
/** remove() is about to return, or has returned. */
export const SUB_REMOVED = 2;

/** SubRow.deferred */
export const DEFERRED_NONE = 0;
export const DEFERRED_INSERT = 1;
export const DEFERRED_REMOVE = 2;

const MAX_SUBS = 16_384;

/** The interval notifiers of all processes, in memory that the oracles of all threads share. */
export class Subscribers {
  readonly #table: SharedTable<"check_sub">;

  constructor(layout: Layout, tableRows = MAX_SUBS) {
    this.#table = new SharedTable(layout, SubRow, SubRow.sub, "sub", Math.min(tableRows, MAX_SUBS));
  }

  /** To be called before other listeners that look at notifiers are added. */
  listenFirst(tracer: Tracer): void {
    tracer.on(kernelEvents.intervalInsert, (task, sub, mm, _start, _last, seq, deferred) => {
      const { words } = task;
      const row = this.#table.claim(words, sub);
      if (row === NULL) return;
      words[row + SubRow.mm] = mm;
      words[row + SubRow.deferred] = deferred === 0 ? DEFERRED_NONE : DEFERRED_INSERT;
      words[row + SubRow.isInTree] = 0;
      Atomics.store(words, row + SubRow.calls, 0);
      Atomics.store(words, row + SubRow.finishes, 0);
      Atomics.store(words, row + SubRow.seq, seq);
      Atomics.store(words, row + SubRow.state, SUB_LIVE);
    });
    tracer.on(kernelEvents.intervalSetSeq, (task, sub, seq) => {
      const row = this.#table.find(task.words, sub);
      if (row !== NULL) Atomics.store(task.words, row + SubRow.seq, seq);
    });
  }

  /** What is known of `sub`, or NULL. */
  find(words: Int32Array, sub: number): Ptr<"check_sub"> {
    return this.#table.find(words, sub);
  }

  /** The process of `sub`; 0 if unknown. */
  mmOf(words: Int32Array, sub: number): number {
    const row = sub === 0 ? NULL : this.#table.find(words, sub);
    return row === NULL ? 0 : words[row + SubRow.mm];
  }
}
