import type { Layout } from "../../machine/layout.ts";
import { NULL, struct, u32, type Ptr } from "../../machine/struct.ts";
import type { Task } from "../../machine/task.ts";
import type { Tracer } from "../../machine/tracepoint.ts";
import { kernelEvents } from "../../kernel/tracepoints.ts";
import type { OpenRanges } from "../books/open_ranges.ts";
import { SharedTable } from "../books/shared_table.ts";
import { DEFERRED_INSERT, DEFERRED_NONE, DEFERRED_REMOVE, SubRow, type Subscribers } from "../books/subscribers.ts";
import type { Reporter } from "../record/violation.ts";
import type { CheckWorld } from "../world.ts";

/** The collision-retry lock of one process, as last announced. */
export const MmRow = struct("check_mm", {
  mm: u32,
  /** 0: nothing was announced yet. */
  isKnown: u32,
  seq: u32,
  active: u32,
  /** Notifiers whose insertion or removal is put off. */
  deferred: u32,
  /** Task whose insert turned the number odd with the last change; else 0 (RULES 33). */
  oddByInsert: u32,
});

/** One of them, looked at. */
export interface MmState {
  readonly mm: number;
  readonly seq: number;
  readonly active: number;
  readonly deferred: number;
}

const MAX_MMS = 1024;

/**
 * Oracle 4, the sequence protocol (RULES 1 to 6, 33; I1 to I5). All its events happen under the subscriptions' lock, so that
 * they reach the shared rows in the order in which they happened, whatever the threads.
 */
export class Sequence {
  readonly #world: CheckWorld;
  readonly #open: OpenRanges;
  readonly #subscribers: Subscribers;
  readonly #mms: SharedTable<"check_mm">;

  constructor(layout: Layout, world: CheckWorld, open: OpenRanges, subscribers: Subscribers) {
    this.#world = world;
    this.#open = open;
    this.#subscribers = subscribers;
    this.#mms = new SharedTable(layout, MmRow, MmRow.mm, "mm", Math.min(world.tableRows ?? MAX_MMS, MAX_MMS));
  }

  listen(tracer: Tracer, reporter: Reporter): void {
    tracer.on(kernelEvents.mmCreate, (task, mm) => {
      const row = this.#mms.find(task.words, mm); // the former life of this address is over
      if (row !== NULL) task.words.fill(0, row + MmRow.isKnown, row + MmRow.words);
    });
    tracer.on(kernelEvents.invalidateState, (task, mm, seq, active) => {
      const row = this.#mms.claim(task.words, mm);
      if (row !== NULL) this.#state(task, row, seq, active, reporter);
    });
    tracer.on(kernelEvents.intervalInsert, (task, sub, mm, _start, _last, seq, deferred) => {
      if ((seq & 1) === 0) this.#report(task, mm, "I4", `a notifier was inserted with the even number ${seq}`, reporter);
      if (deferred !== 0) this.#defer(task, sub, DEFERRED_INSERT);
    });
    tracer.on(kernelEvents.intervalSetSeq, (task, sub, seq) => {
      if ((seq & 1) !== 0) return;
      this.#report(
        task,
        this.#subscribers.mmOf(task.words, sub),
        "I4",
        `a notifier's number was set to the even number ${seq}`,
        reporter,
      );
    });
    tracer.on(kernelEvents.intervalRemove, (task, sub, deferred) => {
      const row = this.#subscribers.find(task.words, sub);
      // A notifier that never got into the tree is only taken off the list (RULES 36).
      if (row !== NULL && task.words[row + SubRow.deferred] === DEFERRED_INSERT) this.#undefer(task, row);
      if (deferred !== 0) this.#defer(task, sub, DEFERRED_REMOVE);
    });
    tracer.on(kernelEvents.intervalInTree, (task, sub) => this.#treeChanged(task, sub, "entered", reporter));
    tracer.on(kernelEvents.intervalOutOfTree, (task, sub) => this.#treeChanged(task, sub, "left", reporter));
  }

  /** Processes that are not idle, for the end of a run. */
  notIdle(words: Int32Array): MmState[] {
    const found: MmState[] = [];
    for (let i = 0; i < this.#mms.count(words); i++) {
      const row = this.#mms.row(words, i);
      if (row === NULL || words[row + MmRow.isKnown] === 0) continue;
      const [mm, seq, active, deferred] = [MmRow.mm, MmRow.seq, MmRow.active, MmRow.deferred].map((field) => words[row + field]);
      if (active !== 0 || deferred !== 0 || (seq & 1) !== 0) found.push({ mm, seq, active, deferred });
    }
    return found;
  }

  #state(task: Task, row: Ptr<"check_mm">, seq: number, active: number, reporter: Reporter): void {
    const { words } = task;
    const mm = words[row + MmRow.mm];
    const now = `number ${seq}, ${active} active ranges`;
    let oddByInsert = 0;
    if (active < 0) this.#report(task, mm, "I1", `${now}: more ends than starts`, reporter);
    const range = this.#open.inNotifier(task);
    if (words[row + MmRow.isKnown] !== 0) {
      const formerSeq = words[row + MmRow.seq];
      const delta = active - words[row + MmRow.active];
      const former = `number ${formerSeq}, ${words[row + MmRow.active]} active ranges, became ${now}`;
      if (delta < -1 || delta > 1) this.#report(task, mm, "I1", `${former}: more than one range at once`, reporter);
      if (!isStep(formerSeq, words[row + MmRow.active], seq, active))
        this.#report(task, mm, "I2", `${former}: that is no step of the protocol`, reporter);
      if ((formerSeq & 1) === 0 && (seq & 1) !== 0 && words[row + MmRow.deferred] !== 0) {
        this.#report(
          task,
          mm,
          "I5",
          `${former}, with ${words[row + MmRow.deferred]} changes of the tree still put off`,
          reporter,
        );
      }
      // Inside its own range_start a task freezes the tree for the walk, elsewhere for an insert.
      if (delta === 0 && (formerSeq & 1) === 0 && (seq & 1) !== 0 && range === undefined) oddByInsert = task.id;
      if (range !== undefined) range.activeDelta += delta;
    } else if (range !== undefined) {
      range.activeDelta++; // the first thing ever announced of this process is that a range was counted
    }
    words[row + MmRow.seq] = seq;
    words[row + MmRow.active] = active;
    words[row + MmRow.oddByInsert] = oddByInsert;
    Atomics.store(words, row + MmRow.isKnown, 1);
  }

  /** The tree may change only while the number is even, or by the very insert that makes it odd (RULES 4, 33; I3). */
  #treeChanged(task: Task, sub: number, verb: "entered" | "left", reporter: Reporter): void {
    const { words } = task;
    const subRow = this.#subscribers.find(words, sub);
    if (subRow === NULL) return;
    const mm = words[subRow + SubRow.mm];
    const row = this.#mms.find(words, mm);
    if (row !== NULL && (words[row + MmRow.seq] & 1) !== 0) {
      const isOwnInsert = verb === "entered" && words[row + MmRow.oddByInsert] === task.id;
      if (!isOwnInsert)
        this.#report(
          task,
          mm,
          "I3",
          `a notifier ${verb} the tree while the number is ${words[row + MmRow.seq]}: others walk it without a lock`,
          reporter,
        );
    }
    this.#undefer(task, subRow);
    words[subRow + SubRow.isInTree] = verb === "entered" ? 1 : 0;
  }

  #defer(task: Task, sub: number, what: number): void {
    const { words } = task;
    const subRow = this.#subscribers.find(words, sub);
    if (subRow === NULL) return;
    words[subRow + SubRow.deferred] = what;
    const row = this.#mms.claim(words, words[subRow + SubRow.mm]);
    if (row !== NULL) words[row + MmRow.deferred]++;
  }

  #undefer(task: Task, subRow: Ptr<"check_sub">): void {
    const { words } = task;
    if (words[subRow + SubRow.deferred] === DEFERRED_NONE) return;
    words[subRow + SubRow.deferred] = DEFERRED_NONE;
    const row = this.#mms.find(words, words[subRow + SubRow.mm]);
    if (row !== NULL) words[row + MmRow.deferred]--;
  }

  #report(task: Task, mm: number, rule: string, what: string, reporter: Reporter): void {
    reporter.report(task, rule, `${this.#world.nameOf(mm)}: ${what}`);
  }
}

/**
 * From one announcement to the next, the count moves by one, or the number becomes odd while ranges are active, or it becomes
 * even once the last one has ended. The last end announces its count first: odd with nobody active is half a step (RULES 1 to 3).
 */
function isStep(formerSeq: number, formerActive: number, seq: number, active: number): boolean {
  const isHalf = (formerSeq & 1) !== 0 && formerActive === 0;
  if (isHalf) return seq === ((formerSeq + 1) | 0) && active === 0;
  if (active !== formerActive) return seq === formerSeq;
  return seq === formerSeq || (seq === (formerSeq | 1) && active > 0);
}
