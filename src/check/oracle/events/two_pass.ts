import type { WatchedRule } from "../../rules.ts";
import { NULL, struct, u32 } from "../../../machine/struct.ts";
import type { Task } from "../../../machine/task.ts";
import { kernelEvents } from "../../../kernel/tracepoints.ts";
import { mayBeSkipped } from "../../books/notify_event.ts";
import type { OpenRange } from "../../books/open_ranges.ts";
import { SharedTable } from "../../books/shared_table.ts";
import { StateOf } from "../../books/state_of.ts";
import { SubRow } from "../../books/subscribers.ts";
import { hexRange } from "../../../trace/format.ts";
import type { EventWatch, Oracle } from "../oracle.ts";

/** A finish object. */
const FinishRow = struct("check_finish", {
  finish: u32,
  /** Task in whose list it is; 0 in none. */
  listedBy: u32,
});

const MAX_FINISHES = 16_384;

/** How far a range has come. */
interface Passes {
  /** The callback called last is the first of two. */
  isTwoPassCall: boolean;
  /** Some start callback said no in a range that may not block. */
  isRefused: boolean;
  /** A classic notifier has been called. */
  hasStartedClassic: boolean;
  /** What start callbacks handed out, in order: pairs of notifier and finish object. */
  readonly handedOut: number[];
  /** How many words of `handedOut` have been finished, in order. */
  finished: number;
}

/**
 * Oracle 4, the two passes (RULES 14 to 19, 24, 27, 28, 30; I6, I8, I10 to I12, I26). A range lives on its task's stack, so that
 * its order of events is known for certain; only finish objects are looked at across threads.
 */
export function watchTwoPass(watch: EventWatch): Oracle {
  const state = new StateOf<Passes>(watch.books.open, () => ({
    isTwoPassCall: false,
    isRefused: false,
    hasStartedClassic: false,
    handedOut: [],
    finished: 0,
  }));
  const finishes = listedFinishes(watch);
  watchStartPass(watch, state, finishes);
  watchFinishPass(watch, state, finishes);
  watchClassic(watch, state);
  watchOutcome(watch, state);
  return { atQuiescence: finishes.reportListed, missed: finishes.missed };
}

type Finishes = ReturnType<typeof listedFinishes>;
type PassesOf = StateOf<Passes>;

/** Which finish object is in which task's list: it may be in one only (RULES 18). */
function listedFinishes({ layout, world, report }: EventWatch) {
  const rows = Math.min(world.tableRows ?? MAX_FINISHES, MAX_FINISHES);
  const table = new SharedTable(layout, FinishRow, FinishRow.finish, "finish", rows);
  return {
    /** The task in whose list it was already; 0 if in none. */
    list({ id, words }: Task, finish: number): number {
      const row = table.claim(words, finish);
      return row === NULL ? 0 : Atomics.exchange(words, row + FinishRow.listedBy, id);
    },
    unlist({ id, words }: Task, finish: number): void {
      const row = table.find(words, finish);
      if (row !== NULL) Atomics.compareExchange(words, row + FinishRow.listedBy, id, 0);
    },
    missed: (words: Int32Array) => ({ "finish objects": table.missed(words) }),
    reportListed(task: Task): void {
      const { words } = task;
      for (let i = 0; i < table.count(words); i++) {
        const row = table.row(words, i);
        const owner = row === NULL ? 0 : Atomics.load(words, row + FinishRow.listedBy);
        if (owner === 0) continue;
        const name = world.nameOf(words[row + FinishRow.finish]);
        report(task, "I11", `finish object ${name} is still in the list of ${world.taskName(owner)} at quiescence`);
      }
    },
  };
}

/** Say that something is wrong with a range. */
function sayer({ world, report }: EventWatch) {
  return (task: Task, rule: WatchedRule, { start, end, mm }: OpenRange, what: string): void =>
    report(task, rule, `${hexRange(start, end)} of ${world.nameOf(mm)}: ${what}`);
}

function watchStartPass(watch: EventWatch, state: PassesOf, finishes: Finishes): void {
  const { tracer, world, books } = watch;
  const { open, subscribers } = books;
  const say = sayer(watch);
  const name = (addr: number) => world.nameOf(addr);

  tracer.on("judge", kernelEvents.invalidateCall, (task, sub, id, seq, isTwoPass) => {
    const range = open.find(task, id);
    if (range === undefined) return;
    const passes = state.of(range);
    passes.isTwoPassCall = isTwoPass !== 0;
    if (range.isStartPassDone) say(task, "I10", range, `${name(sub)} was started after the start pass had ended`);
    if (passes.isRefused) say(task, "RULES 27", range, `${name(sub)} was called although a notifier before it refused`);
    if (range.isCounted && seq !== range.seq)
      say(task, "I6", range, `${name(sub)} was given number ${seq}, the range has ${range.seq}`);
    if (range.isBlockable && task.atomicDepth > 0)
      say(task, "I8", range, `${name(sub)} was called with ${task.atomicDepth} spinlocks held`);
  });

  const handOut = (task: Task, range: OpenRange, sub: number, finish: number) => {
    state.of(range).handedOut.push(sub, finish);
    if (finish === sub) return; // walked over again, by as many as started it
    const former = finishes.list(task, finish);
    if (former === 0) return;
    const list = `the list of ${world.taskName(former)}`;
    say(task, "I11", range, `${name(sub)} handed out finish object ${name(finish)}, which is still in ${list}`);
  };
  tracer.on("judge", kernelEvents.invalidateNextPass, (task, sub, id, finish) => {
    const range = open.find(task, id);
    if (range !== undefined) handOut(task, range, sub, finish);
  });

  const refused = (task: Task, range: OpenRange, sub: number, finish: number) => {
    if (finish !== 0) say(task, "I12", range, `${name(sub)} refused and handed out a finish object: nobody will finish it`);
    if (range.isBlockable) say(task, "I26", range, `${name(sub)} refused, in a range that may block`);
    else state.of(range).isRefused = true;
  };
  tracer.on("judge", kernelEvents.invalidateCalled, (task, sub, id, _seq, ok, finish) => {
    const { words } = task;
    const range = open.find(task, id);
    if (range === undefined) return;
    if (finish !== 0 && !state.of(range).isTwoPassCall)
      say(task, "RULES 14", range, `${name(sub)} has one pass, and handed out a finish object`);
    if (ok === 0) {
      refused(task, range, sub, finish);
      return;
    }
    const row = subscribers.find(words, sub);
    if (row !== NULL && range.isCounted && !mayBeSkipped(range)) {
      const seq = Atomics.load(words, row + SubRow.seq);
      // A later invalidation may have set a larger one meanwhile, never a smaller one.
      if (((seq - range.seq) | 0) < 0)
        say(task, "I6", range, `${name(sub)} returned with number ${seq}, it was given ${range.seq}: set_seq is missing`);
    }
    if (finish !== 0) handOut(task, range, sub, finish);
  });
}

function watchFinishPass(watch: EventWatch, state: PassesOf, finishes: Finishes): void {
  const { tracer, world, books } = watch;
  const say = sayer(watch);
  const name = (addr: number) => world.nameOf(addr);

  const inOrder = (task: Task, range: OpenRange, sub: number, finish: number) => {
    const passes = state.of(range);
    const { handedOut, finished } = passes;
    const index = indexOfPair(passes, sub, finish);
    if (index < 0 && finish === sub) return; // whoever walks again calls those, too, that have nothing to finish
    if (index < 0) say(task, "I10", range, `${name(sub)} was finished without having handed out ${name(finish)}`);
    else if (index < finished) say(task, "I10", range, `${name(sub)} was finished twice`);
    else if (world.isAnyOrder === true) moveToFront(passes, index);
    else {
      const before = handedOut[finished];
      if (index > finished)
        say(task, "I10", range, `${name(sub)} was finished before ${name(before)}, which was started before it`);
      passes.finished = index + 2;
    }
  };
  tracer.on("judge", kernelEvents.invalidateFinish, (task, sub, id, finish) => {
    // Before the callback: it may recycle the object, and another task may hand it out again at once (RULES 18).
    finishes.unlist(task, finish);
    const range = books.open.find(task, id);
    if (range === undefined) return;
    if (!range.isStartPassDone) say(task, "I10", range, `${name(sub)} was finished before the start pass had ended`);
    if (range.isBlockable && task.atomicDepth > 0)
      say(task, "I8", range, `${name(sub)} was finished with ${task.atomicDepth} spinlocks held`);
    inOrder(task, range, sub, finish);
  });
}

/** Classic notifiers come after all interval notifiers are done (RULES 24). */
function watchClassic(watch: EventWatch, state: PassesOf): void {
  const { tracer, books } = watch;
  const say = sayer(watch);
  tracer.on("judge", kernelEvents.invalidateSeq, (task, _mm, id) => {
    const range = books.open.find(task, id);
    if (range !== undefined && state.of(range).hasStartedClassic)
      say(task, "RULES 24", range, "interval notifiers were started after a classic one");
  });
  tracer.on("judge", kernelEvents.hlistCall, (task, _subscription, _op, id) => {
    const range = books.open.find(task, id);
    if (range === undefined) return;
    const passes = state.of(range);
    passes.hasStartedClassic = true;
    const left = unfinished(passes);
    if (left > 0) say(task, "RULES 24", range, `a classic notifier was called before ${left} finish callbacks`);
  });
}

function watchOutcome(watch: EventWatch, state: PassesOf): void {
  const { tracer, world, books, report } = watch;
  const say = sayer(watch);
  tracer.on("judge", kernelEvents.invalidateRangeStarted, (task, _mm, _start, _end, id, result) => {
    const range = books.open.find(task, id);
    if (range === undefined) return;
    const passes = state.of(range);
    const left = unfinished(passes);
    if (left === 0) return;
    const outcome = result === 0 ? "returned" : `returned ${result}`;
    const without = `${left} of ${passes.handedOut.length / 2} finish callbacks`;
    const first = world.nameOf(passes.handedOut[passes.finished]);
    say(task, "I10", range, `invalidate_range_start ${outcome} without ${without}, first of ${first}`);
  });
  tracer.on("judge", kernelEvents.invalidateRangeEnd, (task, mm, start, end, id) => {
    if (books.open.find(task, id)?.isStarted === true) return;
    const what = "invalidate_range_end of a range that was not started, or failed to start";
    report(task, "RULES 28", `${hexRange(start, end)} of ${world.nameOf(mm)}: ${what}`);
  });
}

/** The pair at `index` becomes the last of those that are finished. */
function moveToFront(passes: Passes, index: number): void {
  passes.handedOut.splice(passes.finished, 0, ...passes.handedOut.splice(index, 2));
  passes.finished += 2;
}

function unfinished({ handedOut, finished }: Passes): number {
  return (handedOut.length - finished) / 2;
}

/** Where in `handedOut` the pair stands, the latest if it is there twice; -1 if nowhere. */
function indexOfPair({ handedOut }: Passes, sub: number, finish: number): number {
  for (let i = handedOut.length - 2; i >= 0; i -= 2) {
    if (handedOut[i] === sub && handedOut[i + 1] === finish) return i;
  }
  return -1;
}
