import type { Layout } from "../../machine/layout.ts";
import { NULL, struct, u32 } from "../../machine/struct.ts";
import type { Task } from "../../machine/task.ts";
import type { Tracer } from "../../machine/tracepoint.ts";
import { kernelEvents } from "../../kernel/tracepoints.ts";
import { hexRange } from "../record/format.ts";
import { mayBeSkipped } from "./notify_event.ts";
import type { OpenRange, OpenRanges } from "../books/open_ranges.ts";
import { SharedTable } from "../books/shared_table.ts";
import { SubRow, type Subscribers } from "../books/subscribers.ts";
import type { Reporter } from "../record/violation.ts";
import type { CheckWorld } from "../world.ts";

/** A finish object. */
const FinishRow = struct("check_finish", {
  finish: u32,
  /** Task in whose list it is; 0 in none. */
  listedBy: u32,
});

const MAX_FINISHES = 16_384;

/**
 * Oracle 4, the two passes (RULES 14 to 19, 27, 28, 30; I1, I6, I8, I10 to I12, I26). A range lives on its task's stack, so that
 * its order of events is known for certain; only finish objects are looked at across threads.
 */
export class TwoPass {
  readonly #world: CheckWorld;
  readonly #open: OpenRanges;
  readonly #subscribers: Subscribers;
  readonly #finishes: SharedTable<"check_finish">;

  constructor(layout: Layout, world: CheckWorld, open: OpenRanges, subscribers: Subscribers) {
    this.#world = world;
    this.#open = open;
    this.#subscribers = subscribers;
    this.#finishes = new SharedTable(
      layout,
      FinishRow,
      FinishRow.finish,
      "finish",
      Math.min(world.tableRows ?? MAX_FINISHES, MAX_FINISHES),
    );
  }

  listen(tracer: Tracer, reporter: Reporter): void {
    const say = (task: Task, rule: string, range: OpenRange, what: string) => {
      reporter.report(task, rule, `${hexRange(range.start, range.end)} of ${this.#world.nameOf(range.mm)}: ${what}`);
    };
    const name = (addr: number) => this.#world.nameOf(addr);

    tracer.on(kernelEvents.invalidateCall, (task, sub, id, seq, isTwoPass) => {
      const range = this.#open.find(task, id);
      if (range === undefined) return;
      range.isTwoPassCall = isTwoPass !== 0;
      if (range.isStartPassDone) say(task, "I10", range, `${name(sub)} was started after the start pass had ended`);
      if (range.isRefused) say(task, "RULES 27", range, `${name(sub)} was called although a notifier before it refused`);
      if (range.isCounted && seq !== range.seq)
        say(task, "I6", range, `${name(sub)} was given number ${seq}, the range has ${range.seq}`);
      if (range.isBlockable && task.atomicDepth > 0)
        say(task, "I8", range, `${name(sub)} was called with ${task.atomicDepth} spinlocks held`);
    });
    tracer.on(kernelEvents.invalidateCalled, (task, sub, id, _seq, ok, finish) => {
      const range = this.#open.find(task, id);
      if (range !== undefined && finish !== 0 && !range.isTwoPassCall)
        say(task, "RULES 14", range, `${name(sub)} has one pass, and handed out a finish object`);
      if (range !== undefined) this.#called(task, range, sub, ok !== 0, finish, say);
    });
    tracer.on(kernelEvents.invalidateFinish, (task, sub, id, finish) => {
      // Before the callback: it may recycle the object, and another task may hand it out again at once (RULES 18).
      const row = this.#finishes.find(task.words, finish);
      if (row !== NULL) Atomics.compareExchange(task.words, row + FinishRow.listedBy, task.id, 0);
      const range = this.#open.find(task, id);
      if (range !== undefined) this.#finish(task, range, sub, finish, say);
    });
    tracer.on(kernelEvents.invalidateNextPass, (task, sub, id, finish) => {
      const range = this.#open.find(task, id);
      if (range !== undefined) this.#handOut(task, range, sub, finish, say);
    });
    tracer.on(kernelEvents.invalidateSeq, (task, _mm, id) => {
      const range = this.#open.find(task, id);
      if (range?.hasStartedClassic === true) say(task, "RULES 24", range, "interval notifiers were started after a classic one");
    });
    tracer.on(kernelEvents.hlistCall, (task, _subscription, _op, id) => {
      const range = this.#open.find(task, id);
      if (range !== undefined) range.hasStartedClassic = true;
      const left = range === undefined ? 0 : unfinished(range);
      if (range !== undefined && left > 0)
        say(task, "RULES 24", range, `a classic notifier was called before ${left} finish callbacks`);
    });
    tracer.on(kernelEvents.invalidateRangeStarted, (task, _mm, _start, _end, id, result) => {
      const range = this.#open.find(task, id);
      if (range === undefined) return;
      const left = unfinished(range);
      const outcome = result === 0 ? "returned" : `returned ${result}`;
      if (left > 0)
        say(
          task,
          "I10",
          range,
          `invalidate_range_start ${outcome} without ${left} of ${range.handedOut.length / 2} finish callbacks, first of ${name(range.handedOut[range.finished])}`,
        );
      if (result !== 0 && range.activeDelta !== 0)
        say(
          task,
          "I1",
          range,
          `invalidate_range_start ${outcome} but left the range active: no range_end will follow (RULES 28)`,
        );
    });
    tracer.on(kernelEvents.invalidateRangeEnd, (task, mm, start, end, id) => {
      const range = this.#open.find(task, id);
      if (range?.isStarted === true) return;
      reporter.report(
        task,
        "RULES 28",
        `${hexRange(start, end)} of ${name(mm)}: invalidate_range_end of a range that was not started, or failed to start`,
      );
    });
  }

  /** Finish objects that are still in some list, for the end of a run. */
  stillListed(words: Int32Array): { readonly finish: number; readonly task: number }[] {
    const found = [];
    for (let i = 0; i < this.#finishes.count(words); i++) {
      const row = this.#finishes.row(words, i);
      if (row === NULL) continue;
      const task = Atomics.load(words, row + FinishRow.listedBy);
      if (task !== 0) found.push({ finish: words[row + FinishRow.finish], task });
    }
    return found;
  }

  #called(
    task: Task,
    range: OpenRange,
    sub: number,
    isOk: boolean,
    finish: number,
    say: (task: Task, rule: string, range: OpenRange, what: string) => void,
  ): void {
    const { words } = task;
    const name = () => this.#world.nameOf(sub);
    if (!isOk) {
      if (finish !== 0) say(task, "I12", range, `${name()} refused and handed out a finish object: nobody will finish it`);
      if (range.isBlockable) say(task, "I26", range, `${name()} refused, in a range that may block`);
      else range.isRefused = true;
      return;
    }
    const row = this.#subscribers.find(words, sub);
    if (row !== NULL && range.isCounted && !mayBeSkipped(range)) {
      const seq = Atomics.load(words, row + SubRow.seq);
      // A later invalidation may have set a larger one meanwhile, never a smaller one.
      if (((seq - range.seq) | 0) < 0)
        say(task, "I6", range, `${name()} returned with number ${seq}, it was given ${range.seq}: set_seq is missing`);
    }
    if (finish !== 0) this.#handOut(task, range, sub, finish, say);
  }

  #handOut(
    task: Task,
    range: OpenRange,
    sub: number,
    finish: number,
    say: (task: Task, rule: string, range: OpenRange, what: string) => void,
  ): void {
    const { words } = task;
    range.handedOut.push(sub, finish);
    if (finish === sub) return; // walked over again, by as many as started it
    const finishRow = this.#finishes.claim(words, finish);
    if (finishRow === NULL) return;
    const former = Atomics.exchange(words, finishRow + FinishRow.listedBy, task.id);
    if (former !== 0)
      say(
        task,
        "I11",
        range,
        `${this.#world.nameOf(sub)} handed out finish object ${this.#world.nameOf(finish)}, which is still in the list of ${this.#world.taskName(former)}`,
      );
  }

  #finish(
    task: Task,
    range: OpenRange,
    sub: number,
    finish: number,
    say: (task: Task, rule: string, range: OpenRange, what: string) => void,
  ): void {
    const name = () => this.#world.nameOf(sub);
    if (!range.isStartPassDone) say(task, "I10", range, `${name()} was finished before the start pass had ended`);
    if (range.isBlockable && task.atomicDepth > 0)
      say(task, "I8", range, `${name()} was finished with ${task.atomicDepth} spinlocks held`);
    const index = indexOfPair(range, sub, finish);
    if (index < 0 && finish === sub) return; // whoever walks again calls those, too, that have nothing to finish
    if (index < 0) say(task, "I10", range, `${name()} was finished without having handed out ${this.#world.nameOf(finish)}`);
    else if (index < range.finished) say(task, "I10", range, `${name()} was finished twice`);
    else if (this.#world.isAnyOrder === true) range.finished = moveToFront(range, index);
    else {
      if (index > range.finished)
        say(
          task,
          "I10",
          range,
          `${name()} was finished before ${this.#world.nameOf(range.handedOut[range.finished])}, which was started before it`,
        );
      range.finished = index + 2;
    }
  }
}

/** The pair at `index` becomes the last of those that are finished; how many words those are. */
function moveToFront(range: OpenRange, index: number): number {
  range.handedOut.splice(range.finished, 0, ...range.handedOut.splice(index, 2));
  return range.finished + 2;
}

function unfinished(range: OpenRange): number {
  return (range.handedOut.length - range.finished) / 2;
}

/** Where in `handedOut` the pair stands, the latest if it is there twice; -1 if nowhere. */
function indexOfPair(range: OpenRange, sub: number, finish: number): number {
  for (let i = range.handedOut.length - 2; i >= 0; i -= 2) {
    if (range.handedOut[i] === sub && range.handedOut[i + 1] === finish) return i;
  }
  return -1;
}
