import { NULL, type Ptr } from "../../../src/machine/struct.ts";
import type { Task } from "../../../src/machine/task.ts";
import { IntervalTreeNode } from "../../../src/kernel/interval_tree.ts";
import { MmStruct } from "../../../src/kernel/mm/mm_struct.ts";
import { MmuIntervalNotifier, MmuNotifierSubscriptions } from "../../../src/kernel/mmu_notifier/structs.ts";
import { kernelEvents } from "../../../src/kernel/tracepoints.ts";
import type { Bench } from "./fixture.ts";
import { Mirror, mirrorOf } from "./mirror.ts";

/** One range on its way through the two passes. */
interface OpenRange {
  readonly start: number;
  readonly end: number;
  seq: number;
  /** Finish objects handed out and not yet finished, in order. */
  finishes: number[];
  isStartPassDone: boolean;
  isStarted: boolean;
}

/** The notifier's own rules (RULES e: I1 to I8, I10, I12), looked at whenever a tracepoint is hit. Throws at once. */
export class Invariants {
  readonly #bench: Bench;
  /** By task and number of the range. */
  readonly #ranges = new Map<string, OpenRange>();
  /** Interval notifiers inserted and not yet removed. */
  readonly live = new Set<number>();
  readonly #locks = new Map<number, Set<number>>();
  /** Tasks whose range is counted in `active` now. */
  #counted = 0;
  #seq = 2;
  #frozeInThisSection = false;
  /** How often something that the checks are about has happened. */
  readonly seen = {
    calls: 0,
    finishes: 0,
    refusals: 0,
    waits: 0,
    deferredInserts: 0,
    deferredRemoves: 0,
    retries: 0,
    commits: 0,
  };

  constructor(bench: Bench) {
    this.#bench = bench;
    const { tracer } = bench;
    tracer.on("judge", kernelEvents.invalidateState, (_, mm, seq, active) => this.#state(mm, seq, active));
    tracer.on("judge", kernelEvents.lockAcquired, (task, lock) => this.#locksOf(task).add(lock));
    tracer.on("judge", kernelEvents.lockRelease, (task, lock) => this.#release(task, lock));
    tracer.on("judge", kernelEvents.invalidateRangeStart, (task, _mm, start, end, _event, _blockable, id) =>
      this.#open(task, id, start, end),
    );
    tracer.on("judge", kernelEvents.invalidateSeq, (task, _mm, id, seq, hit) => this.#counts(task, id, seq, hit));
    tracer.on("judge", kernelEvents.invalidateCall, (task, sub, id, seq) => this.#call(task, sub, id, seq));
    tracer.on("judge", kernelEvents.invalidateCalled, (task, sub, id, seq, ok, finish) =>
      this.#called(task, sub, id, seq, ok, finish),
    );
    tracer.on("judge", kernelEvents.invalidateStartPassDone, (task, _mm, id) => this.#startPassDone(task, id));
    tracer.on("judge", kernelEvents.invalidateFinish, (task, sub, id, finish) => this.#finish(task, sub, id, finish));
    tracer.on("judge", kernelEvents.invalidateRangeStarted, (task, _mm, _start, _end, id, result) =>
      this.#started(task, id, result),
    );
    tracer.on("judge", kernelEvents.invalidateRangeEnd, (task, _mm, _start, _end, id) => this.#ranges.delete(`${task.id}:${id}`));
    tracer.on("judge", kernelEvents.intervalInsert, (_, sub, _mm, _start, _last, seq, deferred) =>
      this.#insert(sub, seq, deferred),
    );
    tracer.on("judge", kernelEvents.intervalInTree, () => this.#treeChanges());
    tracer.on("judge", kernelEvents.intervalOutOfTree, () => this.#treeChanges());
    tracer.on("judge", kernelEvents.intervalRemove, (_, _sub, deferred) => (this.seen.deferredRemoves += deferred));
    tracer.on("judge", kernelEvents.intervalRemoved, (_, sub) => this.live.delete(sub));
    tracer.on("judge", kernelEvents.intervalSetSeq, (_, _sub, seq) => must((seq & 1) === 1, "I4: sub.seq is odd"));
    tracer.on("judge", kernelEvents.readBegin, (_, _sub, _seq, waited) => (this.seen.waits += waited));
    tracer.on("judge", kernelEvents.readRetry, (_task, _sub, _seq, retry) => this.#readRetry(retry));
    tracer.on("judge", kernelEvents.warn, (_, what) => must(false, `warning ${what}`));
  }

  /** When nobody does anything any more. */
  atRest(): void {
    const { words, mm } = this.#bench;
    const subscriptions = words[mm + MmStruct.notifierSubscriptions];
    if (subscriptions === NULL) return;
    must(words[subscriptions + MmuNotifierSubscriptions.activeInvalidateRanges] === 0, "I1: no range is active at rest");
    must((words[subscriptions + MmuNotifierSubscriptions.invalidateSeq] & 1) === 0, "I2: seq is even at rest");
    must(words[subscriptions + MmuNotifierSubscriptions.deferredList] === NULL, "I5: nothing is deferred at rest");
    must(this.#treeOf(subscriptions) === [...this.live].toSorted((a, b) => a - b).join(), "the tree holds who is inserted");
  }

  #state(mm: number, seq: number, active: number): void {
    const { words } = this.#bench;
    const subscriptions = words[mm + MmStruct.notifierSubscriptions];
    must(this.#holdsSomewhere(subscriptions + MmuNotifierSubscriptions.lock), "seq and active change under the lock");
    must(active >= 0, "I1: active is never negative");
    must(seq === this.#seq || seq === (this.#seq | 1) || seq === this.#seq + 1, "I2: seq changes by | 1 and + 1 only");
    if ((seq & 1) === 1 && (this.#seq & 1) === 0) this.#frozeInThisSection = true;
    this.#counted = active;
    this.#seq = seq;
  }

  #release(task: Task, lock: number): void {
    this.#locksOf(task).delete(lock);
    const { words, mm } = this.#bench;
    const subscriptions = words[mm + MmStruct.notifierSubscriptions];
    if (subscriptions === NULL || lock !== subscriptions + MmuNotifierSubscriptions.lock) return;
    this.#frozeInThisSection = false;
    must((this.#seq & 1) === 0 || this.#counted > 0, "I2: odd seq only while ranges are active");
    must(
      this.#counted > 0 || words[subscriptions + MmuNotifierSubscriptions.deferredList] === NULL,
      "I5: nothing deferred while idle",
    );
  }

  #open(task: Task, id: number, start: number, end: number): void {
    this.#ranges.set(`${task.id}:${id}`, { start, end, seq: 0, finishes: [], isStartPassDone: false, isStarted: false });
  }

  #counts(task: Task, id: number, seq: number, hit: number): void {
    must(hit === 0 || (seq & 1) === 1, "a range that hits is given an odd number");
    this.#range(task, id).seq = seq;
  }

  #call(task: Task, sub: number, id: number, seq: number): void {
    const range = this.#range(task, id);
    this.seen.calls++;
    must(this.live.has(sub), "I7: only inserted notifiers are called");
    must(seq === range.seq, "every callback of a range is given the same number");
    must(!range.isStartPassDone, "I10: no start after the start pass");
    must(task.atomicDepth === 0, "I8: callbacks are called with no spinlock held");
  }

  #called(task: Task, sub: number, id: number, seq: number, ok: number, finish: number): void {
    must(ok === 1 || finish === NULL, "I12: false comes without a finish object");
    if (ok === 0) this.seen.refusals++;
    if (ok === 1) must(this.#bench.words[sub + MmuIntervalNotifier.invalidateSeq] >= seq, "I6: true comes with the number set");
    if (finish === NULL) return;
    must(![...this.#ranges.values()].some((range) => range.finishes.includes(finish)), "I11: a finish object is on one list");
    this.#range(task, id).finishes.push(finish);
  }

  #startPassDone(task: Task, id: number): void {
    this.#range(task, id).isStartPassDone = true;
  }

  #finish(task: Task, sub: number, id: number, finish: number): void {
    const range = this.#range(task, id);
    this.seen.finishes++;
    must(this.live.has(sub), "I7: only inserted notifiers are finished");
    must(range.isStartPassDone, "I10: finishes come after the last start");
    must(range.finishes.shift() === finish, "I10: finishes come in the order of the starts, each once");
  }

  #started(task: Task, id: number, result: number): void {
    const range = this.#range(task, id);
    must(range.finishes.length === 0, "I10: every start was finished");
    range.isStarted = true;
    if (result !== 0) {
      this.#ranges.delete(`${task.id}:${id}`);
      return;
    }
    for (const sub of this.live)
      must(!this.#isValid(sub) || !this.#overlaps(sub, range), "no mirror of the range is valid once it is started");
  }

  #readRetry(retry: number): void {
    if (retry === 1) this.seen.retries++;
    else this.seen.commits++;
  }

  /** After the commit itself, which is a step of the driver. */
  committed(sub: number): void {
    for (const range of this.#ranges.values()) {
      must(!range.isStarted || !this.#overlaps(sub, range), "I16: nothing becomes valid between start and end");
    }
  }

  #insert(sub: number, seq: number, deferred: number): void {
    must((seq & 1) === 1, "I4: sub.seq is odd");
    this.seen.deferredInserts += deferred;
    this.live.add(sub);
  }

  #treeChanges(): void {
    must((this.#seq & 1) === 0 || this.#frozeInThisSection, "I3: the tree does not change while seq is odd");
  }

  #range(task: Task, id: number): OpenRange {
    const range = this.#ranges.get(`${task.id}:${id}`);
    if (range === undefined) throw new Error(`range ${id} of ${task.name} is not open`);
    return range;
  }

  #isValid(sub: number): boolean {
    return this.#bench.words[mirrorOf(sub as Ptr<"mmu_interval_notifier">) + Mirror.isValid] !== 0;
  }

  #overlaps(sub: number, range: OpenRange): boolean {
    const { words } = this.#bench;
    const first = words[sub + MmuIntervalNotifier.intervalTree + IntervalTreeNode.start];
    const last = words[sub + MmuIntervalNotifier.intervalTree + IntervalTreeNode.last];
    return first < range.end && last >= range.start;
  }

  #holdsSomewhere(lock: number): boolean {
    return [...this.#locks.values()].some((locks) => locks.has(lock));
  }

  #locksOf(task: Task): Set<number> {
    const locks = this.#locks.get(task.id) ?? new Set();
    this.#locks.set(task.id, locks);
    return locks;
  }

  /** Addresses of the notifiers in the tree, sorted. */
  #treeOf(subscriptions: number): string {
    const { words } = this.#bench;
    const walk = (node: number): number[] =>
      node === NULL ? [] : [...walk(words[node + IntervalTreeNode.left]), node, ...walk(words[node + IntervalTreeNode.right])];
    return walk(words[subscriptions + MmuNotifierSubscriptions.itree])
      .toSorted((a, b) => a - b)
      .join();
  }
}

export function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`violated: ${what}`);
}
