import { build, type Histogram } from "hdr-histogram-js";
import { LockClasses } from "../check/books/lock_class.ts";
import { OpenRanges, type OpenRange } from "../check/books/open_ranges.ts";
import { StateOf } from "../check/books/state_of.ts";
import { driverEvents } from "../driver/tracepoints.ts";
import { deviceEvents } from "../device/tracepoints.ts";
import { kernelEvents } from "../kernel/tracepoints.ts";
import type { Layout } from "../machine/layout.ts";
import type { Task } from "../machine/task.ts";
import type { Tracer } from "../machine/tracer.ts";
import type { LockFigures, Measured } from "../report/comparison.ts";
import type { Percentiles } from "../report/result.ts";

/** Longest time told apart, in nanoseconds: a quarter of an hour. */
const MAX_NS = 900e9;

/** What happens in a simulated run, in figures. */
export class Meter {
  readonly #start = new Durations();
  readonly #finish = new Durations();
  readonly #whole = new Durations();
  readonly #readerWaits = new Durations();
  #faults = 0;
  #commits = 0;
  #faultRetries = 0;
  #finishes = 0;
  #finishFallbacks = 0;
  readonly #fallbacksByGpu: number[];
  readonly #classes: LockClasses;
  readonly #locks = new Map<string, { readonly held: Durations; readonly waited: Durations }>();
  /** By {@link keyOf}: since when it is held. */
  readonly #sinceUs = new Map<number, number>();
  /** By task: since when it has waited in read_begin. */
  readonly #waitingSinceUs = new Map<number, number>();
  readonly #lockOf: (addr: number) => number;

  constructor(layout: Layout, gpus: number) {
    this.#classes = new LockClasses(layout);
    this.#lockOf = lockOf(layout);
    this.#fallbacksByGpu = Array.from({ length: gpus }, () => 0);
  }

  /** Count from now on. */
  listen(tracer: Tracer): void {
    const open = new OpenRanges();
    open.listen(tracer);
    this.#listenToRanges(tracer, open);
    tracer.on(
      "record",
      kernelEvents.invalidateCalled,
      (_task, _sub, _range, _seq, _ok, finish) => void (this.#finishes += finish === 0 ? 0 : 1),
    );
    tracer.on("record", kernelEvents.lockAcquired, (task, lock) => void this.#sinceUs.set(keyOf(task, lock), task.nowUs()));
    tracer.on("record", kernelEvents.lockRelease, (task, lock) => this.#released(task, lock));
    tracer.on("record", driverEvents.commit, () => void this.#commits++);
    tracer.on("record", driverEvents.faultRetry, () => void this.#faultRetries++);
    tracer.on("record", driverEvents.finishFallback, (_task, gpu) => {
      this.#finishFallbacks++;
      this.#fallbacksByGpu[gpu]++;
    });
    tracer.on("record", deviceEvents.faultAnswered, () => void this.#faults++);
    tracer.on("record", kernelEvents.readBeginWait, (task) => void this.#waitingSinceUs.set(task.id, task.nowUs()));
    tracer.on("record", kernelEvents.readBegin, (task, _sub, _seq, waited) => {
      if (waited !== 0) this.#readerWaited(task.id, task.nowUs());
    });
  }

  /** A thread's wait on a word is over: was it one for a lock? */
  waited(addr: number, waitedNs: number): void {
    const lock = this.#lockOf(addr);
    if (lock !== 0) this.#figuresOf(lock).waited.addUs(waitedNs / 1000);
  }

  /** All but what only the simulator knows, at the end of the run. Readers that still wait have waited until now. */
  figures(virtualUs: number): Omit<Measured, "treeWalkPercent" | "violations" | "isOver" | "virtualUs" | "steps"> {
    const readersWaiting = this.#waitingSinceUs.size;
    for (const task of this.#waitingSinceUs.keys()) this.#readerWaited(task, virtualUs);
    return {
      invalidations: this.#whole.count,
      startPassUs: this.#start.percentiles(),
      finishPassUs: this.#finish.percentiles(),
      wholeUs: this.#whole.percentiles(),
      faultsPerSecond: (this.#faults * 1e6) / virtualUs,
      commitsPerSecond: (this.#commits * 1e6) / virtualUs,
      faultRetries: this.#faultRetries,
      readerWaits: this.#readerWaits.count,
      readersWaiting,
      readerWaitUs: this.#readerWaits.percentiles(),
      twoPassCalls: this.#finishes + this.#finishFallbacks,
      finishFallbacks: this.#finishFallbacks,
      fallbacksByGpu: [...this.#fallbacksByGpu],
      locks: this.#lockFigures(),
    };
  }

  /** By class, the one that was waited for longest first. */
  #lockFigures(): LockFigures[] {
    return [...this.#locks]
      .map(([name, { held, waited }]) => ({
        name,
        held: held.count,
        heldUs: held.percentiles(),
        waits: waited.count,
        waitedUs: waited.percentiles(),
        totalWaitedUs: waited.sumUs,
      }))
      .sort((a, b) => b.totalWaitedUs - a.totalWaitedUs || (a.name < b.name ? -1 : 1));
  }

  #listenToRanges(tracer: Tracer, open: OpenRanges): void {
    const ofRange = new StateOf(open, () => ({ hasHit: false }));
    const hit = (task: Task, id: number) => {
      const range = open.find(task, id);
      if (range !== undefined) ofRange.of(range).hasHit = true;
    };
    tracer.on("judge", kernelEvents.invalidateCalled, (task, _sub, id) => hit(task, id));
    tracer.on("judge", kernelEvents.hlistCall, (task, _subscription, _op, id) => hit(task, id));
    tracer.on("judge", kernelEvents.invalidateRangeStarted, (task, _mm, _start, _end, id) => {
      const range = open.find(task, id);
      if (range !== undefined && ofRange.of(range).hasHit) this.#started(range);
    });
  }

  #started(range: OpenRange): void {
    // classic notifiers alone have no start pass
    const startedUs = range.isStartPassDone ? range.startPassDoneUs : range.startedUs;
    this.#start.addUs(startedUs - range.startedUs);
    this.#finish.addUs(range.returnedUs - startedUs);
    this.#whole.addUs(range.returnedUs - range.startedUs);
  }

  #readerWaited(task: number, nowUs: number): void {
    this.#readerWaits.addUs(nowUs - this.#waitingSinceUs.get(task)!);
    this.#waitingSinceUs.delete(task);
  }

  #released(task: Task, lock: number): void {
    const key = keyOf(task, lock);
    const sinceUs = this.#sinceUs.get(key);
    if (sinceUs === undefined) return; // taken by somebody else, or before
    this.#sinceUs.delete(key);
    this.#figuresOf(lock).held.addUs(task.nowUs() - sinceUs);
  }

  #figuresOf(lock: number): { readonly held: Durations; readonly waited: Durations } {
    const { name } = this.#classes.of(lock);
    let figures = this.#locks.get(name);
    if (figures === undefined) this.#locks.set(name, (figures = { held: new Durations(), waited: new Durations() }));
    return figures;
  }
}

function keyOf(task: Task, lock: number): number {
  return lock * 2 ** 20 + task.id;
}

/** What is a lock, and what locks are made of. */
const LOCKS = new Set(["mutex", "rwsem", "spinlock", "arch_spinlock"]);

/** The lock that a word belongs to, 0 if to none; remembered, for there are few. */
function lockOf(layout: Layout): (addr: number) => number {
  const known = new Map<number, number>();
  return (addr) => {
    let lock = known.get(addr);
    if (lock === undefined) {
      lock = layout.structsAt(addr).find(({ type }) => LOCKS.has(type.structName))?.base ?? 0;
      known.set(addr, lock);
    }
    return lock;
  };
}

/** Times of one kind: a histogram with three digits, and their sum. */
class Durations {
  sumUs = 0;
  readonly #histogram: Histogram = build({
    bitBucketSize: 32,
    lowestDiscernibleValue: 1,
    highestTrackableValue: MAX_NS,
    autoResize: true,
    numberOfSignificantValueDigits: 3,
  });

  get count(): number {
    return this.#histogram.totalCount;
  }

  addUs(us: number): void {
    this.sumUs += us;
    this.#histogram.recordValue(Math.min(Math.max(Math.round(us * 1000), 0), MAX_NS));
  }

  percentiles(): Percentiles {
    const histogram = this.#histogram;
    if (histogram.totalCount === 0) return { p50: 0, p99: 0, max: 0 };
    const at = (percent: number) => Math.min(histogram.getValueAtPercentile(percent), histogram.maxValue) / 1000;
    return { p50: at(50), p99: at(99), max: histogram.maxValue / 1000 };
  }
}
