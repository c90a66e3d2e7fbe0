import type { WatchedRule } from "../../rules.ts";
import { NULL, struct, u32, type Ptr } from "../../../machine/struct.ts";
import type { Task } from "../../../machine/task.ts";
import { kernelEvents } from "../../../kernel/tracepoints.ts";
import { SharedTable } from "../../books/shared_table.ts";
import { StateOf } from "../../books/state_of.ts";
import { DEFERRED_INSERT, DEFERRED_NONE, SubRow } from "../../books/subscribers.ts";
import { hexRange } from "../../../trace/format.ts";
import type { EventWatch, Oracle } from "../oracle.ts";

/** The collision-retry lock of one process, as last announced. */
const MmRow = struct("check_mm", {
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

const MAX_MMS = 1024;

type Mms = SharedTable<"check_mm">;

/**
 * Oracle 4, the sequence protocol (RULES 1 to 6, 28, 33; I1 to I5). All its events but one happen under the subscriptions' lock,
 * so that they reach the shared rows in the order in which they happened, whatever the threads; the other, the return of
 * invalidate_range_start, is about what its own task did before.
 */
export function watchSequence(watch: EventWatch): Oracle {
  const { layout, world } = watch;
  const mms: Mms = new SharedTable(layout, MmRow, MmRow.mm, "mm", Math.min(world.tableRows ?? MAX_MMS, MAX_MMS));
  watchSteps(watch, mms);
  watchNumbers(watch);
  watchDeferred(watch, mms);
  watchTree(watch, mms);
  return { atQuiescence: (task) => reportNotIdle(watch, mms, task), missed: (words) => ({ processes: mms.missed(words) }) };
}

/** Say that something is wrong with a process. */
function sayer({ world, report }: EventWatch) {
  return (task: Task, mm: number, rule: WatchedRule, what: string): void => report(task, rule, `${world.nameOf(mm)}: ${what}`);
}

/** How the number and the count of active ranges change. */
function watchSteps(watch: EventWatch, mms: Mms): void {
  const { tracer, world, books, report } = watch;
  const say = sayer(watch);
  /** By how much a range has changed the count of active ranges. */
  const ownDelta = new StateOf(books.open, () => ({ active: 0 }));

  tracer.on("book", kernelEvents.mmCreate, ({ words }, mm) => {
    const row = mms.find(words, mm); // the former life of this address is over
    if (row !== NULL) words.fill(0, row + MmRow.isKnown, row + MmRow.words);
  });

  /** From the state that was announced before to this one. */
  const step = (task: Task, row: Ptr<"check_mm">, seq: number, active: number) => {
    const { words } = task;
    const mm = words[row + MmRow.mm];
    const [formerSeq, formerActive, deferred] = [words[row + MmRow.seq], words[row + MmRow.active], words[row + MmRow.deferred]];
    const delta = active - formerActive;
    const change = () => `number ${formerSeq}, ${formerActive} active ranges, became number ${seq}, ${active} active ranges`;
    if (delta < -1 || delta > 1) say(task, mm, "I1", `${change()}: more than one range at once`);
    if (!isStep(formerSeq, formerActive, seq, active)) say(task, mm, "I2", `${change()}: that is no step of the protocol`);
    if (isMadeOdd(formerSeq, seq) && deferred !== 0)
      say(task, mm, "I5", `${change()}, with ${deferred} changes of the tree still put off`);
  };
  tracer.on("judge", kernelEvents.invalidateState, (task, mm, seq, active) => {
    const { words } = task;
    const row = mms.claim(words, mm);
    if (row === NULL) return;
    if (active < 0) say(task, mm, "I1", `number ${seq}, ${active} active ranges: more ends than starts`);
    const range = books.open.inNotifier(task);
    const isKnown = words[row + MmRow.isKnown] !== 0;
    if (isKnown) step(task, row, seq, active);
    // The first thing ever announced of a process is that a range was counted.
    const delta = isKnown ? active - words[row + MmRow.active] : 1;
    if (range !== undefined) ownDelta.of(range).active += delta;
    // Inside its own range_start a task freezes the tree for the walk, elsewhere for an insert.
    const isInsert = isKnown && range === undefined && delta === 0 && isMadeOdd(words[row + MmRow.seq], seq);
    words[row + MmRow.seq] = seq;
    words[row + MmRow.active] = active;
    words[row + MmRow.oddByInsert] = isInsert ? task.id : 0;
    Atomics.store(words, row + MmRow.isKnown, 1);
  });

  tracer.on("judge", kernelEvents.invalidateRangeStarted, (task, mm, start, end, id, result) => {
    const range = books.open.find(task, id);
    if (result === 0 || range === undefined || ownDelta.of(range).active === 0) return;
    const what = `invalidate_range_start returned ${result} but left the range active: no range_end will follow (RULES 28)`;
    report(task, "I1", `${hexRange(start, end)} of ${world.nameOf(mm)}: ${what}`);
  });
}

/** A notifier's number is always odd. */
function watchNumbers(watch: EventWatch): void {
  const { tracer, books } = watch;
  const say = sayer(watch);
  tracer.on("judge", kernelEvents.intervalInsert, (task, _sub, mm, _start, _last, seq) => {
    if ((seq & 1) === 0) say(task, mm, "I4", `a notifier was inserted with the even number ${seq}`);
  });
  tracer.on("judge", kernelEvents.intervalSetSeq, (task, sub, seq) => {
    if ((seq & 1) !== 0) return;
    say(task, books.subscribers.mmOf(task.words, sub), "I4", `a notifier's number was set to the even number ${seq}`);
  });
}

/**
 * How many changes of its tree a process has put off: entered while the book of notifiers still has what was so before the event.
 */
function watchDeferred({ tracer, books: { subscribers } }: EventWatch, mms: Mms): void {
  const add = (words: Int32Array, sub: Ptr<"check_sub">, delta: number) => {
    const row = mms.claim(words, words[sub + SubRow.mm]);
    if (row !== NULL) words[row + MmRow.deferred] += delta;
  };
  tracer.on("judge", kernelEvents.intervalInsert, ({ words }, sub, _mm, _start, _last, _seq, deferred) => {
    const row = subscribers.find(words, sub);
    if (row !== NULL && deferred !== 0) add(words, row, 1);
  });
  tracer.on("judge", kernelEvents.intervalRemove, ({ words }, sub, deferred) => {
    const row = subscribers.find(words, sub);
    if (row === NULL) return;
    if (words[row + SubRow.deferred] === DEFERRED_INSERT) add(words, row, -1);
    if (deferred !== 0) add(words, row, 1);
  });
  for (const event of [kernelEvents.intervalInTree, kernelEvents.intervalOutOfTree]) {
    tracer.on("judge", event, ({ words }, sub) => {
      const row = subscribers.find(words, sub);
      if (row !== NULL && words[row + SubRow.deferred] !== DEFERRED_NONE) add(words, row, -1);
    });
  }
}

/** The tree may change only while the number is even, or by the very insert that makes it odd (RULES 4, 33; I3). */
function watchTree(watch: EventWatch, mms: Mms): void {
  const { tracer, books } = watch;
  const say = sayer(watch);
  const judge = (task: Task, sub: number, verb: "entered" | "left") => {
    const { words } = task;
    const mm = books.subscribers.mmOf(words, sub);
    const row = mm === 0 ? NULL : mms.find(words, mm);
    if (row === NULL || (words[row + MmRow.seq] & 1) === 0) return;
    if (verb === "entered" && words[row + MmRow.oddByInsert] === task.id) return;
    const number = words[row + MmRow.seq];
    say(task, mm, "I3", `a notifier ${verb} the tree while the number is ${number}: others walk it without a lock`);
  };
  tracer.on("judge", kernelEvents.intervalInTree, (task, sub) => judge(task, sub, "entered"));
  tracer.on("judge", kernelEvents.intervalOutOfTree, (task, sub) => judge(task, sub, "left"));
}

/** With nobody running, each process is idle. */
function reportNotIdle({ world, report }: EventWatch, mms: Mms, task: Task): void {
  const { words } = task;
  for (let i = 0; i < mms.count(words); i++) {
    const row = mms.row(words, i);
    if (row === NULL || words[row + MmRow.isKnown] === 0) continue;
    const [mm, seq, active, deferred] = [MmRow.mm, MmRow.seq, MmRow.active, MmRow.deferred].map((field) => words[row + field]);
    if (active === 0 && deferred === 0 && (seq & 1) === 0) continue;
    const state = `number ${seq}, ${active} active ranges, ${deferred} changes of the tree put off`;
    report(task, "I2", `${world.nameOf(mm)} is not idle at quiescence: ${state}`);
  }
}

function isMadeOdd(formerSeq: number, seq: number): boolean {
  return (formerSeq & 1) === 0 && (seq & 1) !== 0;
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
