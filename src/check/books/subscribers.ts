import type { Layout } from "../../machine/layout.ts";
import { NULL, struct, u32, type Ptr } from "../../machine/struct.ts";
import type { Task } from "../../machine/task.ts";
import type { EventId } from "../../machine/tracepoint.ts";
import type { Tracer } from "../../machine/tracer.ts";
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
type SubField = (typeof SubRow)["seq" | "state" | "calls" | "finishes"];

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

  listen(tracer: Tracer): void {
    tracer.on("book", kernelEvents.intervalInsert, (task, sub, mm, _start, _last, seq, deferred) => {
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
    tracer.on("book", kernelEvents.intervalSetSeq, (task, sub, seq) => this.#set(task, sub, SubRow.seq, seq));
    tracer.on("book", kernelEvents.intervalRemoved, (task, sub) => this.#set(task, sub, SubRow.state, SUB_REMOVED));
    this.#listenToTree(tracer);
    this.#listenToCalls(tracer);
  }

  /** What was put off stays known until it has been judged that it is put off no longer. */
  #listenToTree(tracer: Tracer): void {
    tracer.on("forget", kernelEvents.intervalRemove, (task, sub, deferred) => {
      const { words } = task;
      const row = this.#table.find(words, sub);
      if (row === NULL) return;
      // A notifier that never got into the tree is only taken off the list (RULES 36).
      if (words[row + SubRow.deferred] === DEFERRED_INSERT) words[row + SubRow.deferred] = DEFERRED_NONE;
      if (deferred !== 0) words[row + SubRow.deferred] = DEFERRED_REMOVE;
    });
    const listen = (event: EventId<{ sub: "object" }>, isInTree: number) =>
      tracer.on("forget", event, (task, sub) => {
        const row = this.#table.find(task.words, sub);
        if (row === NULL) return;
        task.words[row + SubRow.isInTree] = isInTree;
        task.words[row + SubRow.deferred] = DEFERRED_NONE;
      });
    listen(kernelEvents.intervalInTree, 1);
    listen(kernelEvents.intervalOutOfTree, 0);
  }

  #listenToCalls(tracer: Tracer): void {
    tracer.on("book", kernelEvents.invalidateCall, (task, sub) => this.#add(task, sub, SubRow.calls, 1));
    tracer.on("book", kernelEvents.invalidateCalled, (task, sub, _range, _seq, ok, finish) => {
      if (ok !== 0 && finish !== 0 && finish !== sub) this.#add(task, sub, SubRow.finishes, 1);
      this.#add(task, sub, SubRow.calls, -1);
    });
    tracer.on("book", kernelEvents.invalidateNextPass, (task, sub, _range, finish) =>
      this.#add(task, sub, SubRow.finishes, finish === sub ? 0 : 1),
    );
    tracer.on("book", kernelEvents.invalidateFinished, (task, sub, _range, finish) =>
      this.#add(task, sub, SubRow.finishes, finish === sub ? 0 : -1),
    );
  }

  /** See {@link SharedTable.missed}. */
  missed(words: Int32Array): number {
    return this.#table.missed(words);
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

  #set(task: Task, sub: number, field: SubField, value: number): void {
    const row = this.#table.find(task.words, sub);
    if (row !== NULL) Atomics.store(task.words, row + field, value);
  }

  #add(task: Task, sub: number, field: SubField, delta: number): void {
    const row = this.#table.find(task.words, sub);
    if (row !== NULL) Atomics.add(task.words, row + field, delta);
  }
}
