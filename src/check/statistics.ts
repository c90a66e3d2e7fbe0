import { build, encodeIntoCompressedBase64, type Histogram } from "hdr-histogram-js";
import type { Task } from "../machine/task.ts";
import type { Tracer } from "../machine/tracer.ts";
import { deviceEvents } from "../device/tracepoints.ts";
import { isTlbInvalidation } from "../device/view.ts";
import { driverEvents } from "../driver/tracepoints.ts";
import { kernelEvents } from "../kernel/tracepoints.ts";
import type { OpenRange, OpenRanges } from "./books/open_ranges.ts";
import { StateOf } from "./books/state_of.ts";
import { longestWaits, type WorstWaits } from "./oracle/events/progress.ts";

/** What happened, in numbers. */
export interface Counts {
  invalidations: number;
  /** Start callbacks of two-pass notifiers, and single-pass callbacks. */
  starts: number;
  finishes: number;
  /** Starts that had no finish object to give and did all work themselves. */
  finishFallbacks: number;
  flushes: number;
  faults: number;
  faultRetries: number;
  accesses: number;
  tlbHits: number;
  tlbMisses: number;
  staleAccesses: number;
  syscalls: number;
}

export interface GpuCounts {
  accesses: number;
  tlbHits: number;
  faults: number;
  flushes: number;
}

/** What one thread counted, or all together. Plain data: it crosses threads. */
export interface Snapshot {
  readonly counts: Counts;
  /** By number of the GPU. */
  readonly gpus: readonly GpuCounts[];
  /** Latencies in microseconds, of each thread a histogram as {@link Histogram} encodes it: compressed, base64. */
  readonly latencies: {
    /** The start pass of a range that hit a notifier. */
    readonly start: readonly string[];
    /** The finish pass of a range that had one. */
    readonly finish: readonly string[];
    /** The whole notifier part of such a range. */
    readonly invalidate: readonly string[];
  };
  /** Sum over all TLB invalidations of the time from sending one to its answer, in microseconds. */
  readonly deviceUs: number;
  /** Sum over all ranges of the time from sending the first TLB invalidation until the last was waited for, in microseconds. */
  readonly waitedUs: number;
  /** Ranges that sent a TLB invalidation, and how many they sent. */
  readonly flushedRanges: number;
  readonly rangeFlushes: number;
  readonly worst: WorstWaits;
}

/** Longest latency told apart, in microseconds: an hour. */
const MAX_US = 3_600_000_000;

/** Of one range. */
interface RangeCounts {
  /** Start callbacks called. */
  calls: number;
  hasFinish: boolean;
  /** TLB invalidations that its task sent during the notifier part. */
  flushes: number;
  /** When it sent the first, and when it had waited for the latest. */
  firstFlushUs: number;
  lastFlushedUs: number;
}

/** Counts and latencies of one thread, from the same events that the oracles listen to. */
export class Statistics {
  readonly #open: OpenRanges;
  readonly #ofRange: StateOf<RangeCounts>;
  readonly #counts: Counts = noCounts();
  readonly #gpus: GpuCounts[];
  readonly #start = latencyHistogram();
  readonly #finish = latencyHistogram();
  readonly #invalidate = latencyHistogram();
  #deviceUs = 0;
  #waitedUs = 0;
  #flushedRanges = 0;
  #rangeFlushes = 0;

  constructor(open: OpenRanges, gpus: number) {
    this.#open = open;
    this.#ofRange = new StateOf(open, () => ({ calls: 0, hasFinish: false, flushes: 0, firstFlushUs: 0, lastFlushedUs: 0 }));
    this.#gpus = Array.from({ length: gpus }, noGpuCounts);
  }

  listen(tracer: Tracer): void {
    this.#listenToEvents(tracer);
    this.#listenToRanges(tracer);
  }

  #listenToEvents(tracer: Tracer): void {
    const counts = this.#counts;
    const gpus = this.#gpus;
    tracer.on("record", kernelEvents.invalidateRangeStart, () => void counts.invalidations++);
    tracer.on("record", kernelEvents.invalidateCall, () => void counts.starts++);
    tracer.on("record", kernelEvents.invalidateFinish, () => void counts.finishes++);
    tracer.on("record", kernelEvents.syscallEnter, () => void counts.syscalls++);
    tracer.on("record", driverEvents.finishFallback, () => void counts.finishFallbacks++);
    tracer.on("record", driverEvents.faultRetry, () => void counts.faultRetries++);
    tracer.on("record", driverEvents.flushSubmit, (_task, gpu) => {
      counts.flushes++;
      gpus[gpu].flushes++;
    });
    tracer.on("record", deviceEvents.fault, (_task, gpu) => {
      counts.faults++;
      gpus[gpu].faults++;
    });
    tracer.on("record", deviceEvents.deviceAccess, (_task, gpu) => {
      counts.accesses++;
      gpus[gpu].accesses++;
    });
    tracer.on("record", deviceEvents.tlbLookup, (_task, gpu, level) => {
      if (level === 0) {
        counts.tlbMisses++;
      } else {
        counts.tlbHits++;
        gpus[gpu].tlbHits++;
      }
    });
    tracer.on("record", deviceEvents.commandDone, (_task, _gpu, op, _seqno, latencyUs) => {
      if (isTlbInvalidation(op)) this.#deviceUs += latencyUs;
    });
  }

  #listenToRanges(tracer: Tracer): void {
    const of = (task: Task, id: number) => {
      const range = this.#open.find(task, id);
      return range === undefined ? undefined : this.#ofRange.of(range);
    };
    const inNotifier = (task: Task) => {
      const range = this.#open.inNotifier(task);
      return range === undefined ? undefined : this.#ofRange.of(range);
    };
    tracer.on("judge", kernelEvents.invalidateCalled, (task, _sub, id, _seq, ok, finish) => {
      const range = of(task, id);
      if (range === undefined) return;
      range.calls++;
      if (ok !== 0 && finish !== 0) range.hasFinish = true;
    });
    tracer.on("judge", kernelEvents.invalidateNextPass, (task, _sub, id) => {
      const range = of(task, id);
      if (range !== undefined) range.hasFinish = true;
    });
    tracer.on("judge", driverEvents.flushSubmit, (task) => {
      const range = inNotifier(task);
      if (range !== undefined && range.flushes++ === 0) range.firstFlushUs = task.nowUs();
    });
    tracer.on("judge", driverEvents.flushWaited, (task) => {
      const range = inNotifier(task);
      if (range !== undefined) range.lastFlushedUs = task.nowUs();
    });
    tracer.on("judge", kernelEvents.invalidateRangeStarted, (task, _mm, _start, _end, id) => {
      const range = this.#open.find(task, id);
      if (range !== undefined) this.#started(range);
    });
  }

  #started(range: OpenRange): void {
    const { calls, hasFinish, flushes, firstFlushUs, lastFlushedUs } = this.#ofRange.of(range);
    if (calls === 0) return;
    record(this.#start, range.startPassDoneUs - range.startedUs);
    record(this.#invalidate, range.returnedUs - range.startedUs);
    if (hasFinish) record(this.#finish, range.returnedUs - range.startPassDoneUs);
    if (flushes === 0) return;
    this.#flushedRanges++;
    this.#rangeFlushes += flushes;
    this.#waitedUs += Math.max(0, lastFlushedUs - firstFlushUs);
  }

  snapshot(staleAccesses: number, worst: WorstWaits): Snapshot {
    return {
      counts: { ...this.#counts, staleAccesses },
      gpus: this.#gpus.map((gpu) => ({ ...gpu })),
      latencies: { start: encode(this.#start), finish: encode(this.#finish), invalidate: encode(this.#invalidate) },
      deviceUs: this.#deviceUs,
      waitedUs: this.#waitedUs,
      flushedRanges: this.#flushedRanges,
      rangeFlushes: this.#rangeFlushes,
      worst,
    };
  }
}

/** What all threads counted together. */
export function mergeSnapshots(snapshots: readonly Snapshot[]): Snapshot {
  const counts = noCounts();
  const gpus: GpuCounts[] = [];
  for (const snapshot of snapshots) {
    addTo(counts, snapshot.counts);
    snapshot.gpus.forEach((gpu, i) => addTo((gpus[i] ??= noGpuCounts()), gpu));
  }
  return {
    counts,
    gpus,
    latencies: {
      start: snapshots.flatMap((s) => s.latencies.start),
      finish: snapshots.flatMap((s) => s.latencies.finish),
      invalidate: snapshots.flatMap((s) => s.latencies.invalidate),
    },
    deviceUs: snapshots.reduce((sum, s) => sum + s.deviceUs, 0),
    waitedUs: snapshots.reduce((sum, s) => sum + s.waitedUs, 0),
    flushedRanges: snapshots.reduce((sum, s) => sum + s.flushedRanges, 0),
    rangeFlushes: snapshots.reduce((sum, s) => sum + s.rangeFlushes, 0),
    worst: longestWaits(snapshots.map((s) => s.worst)),
  };
}

function addTo<T extends { [K in keyof T]: number }>(sum: T, more: Readonly<T>): void {
  for (const key of Object.keys(sum) as (keyof T)[]) (sum[key] as number) += more[key];
}

function latencyHistogram(): Histogram {
  return build({
    bitBucketSize: 32,
    lowestDiscernibleValue: 1,
    highestTrackableValue: MAX_US,
    autoResize: false,
    numberOfSignificantValueDigits: 3,
  });
}

function record(histogram: Histogram, us: number): void {
  histogram.recordValue(Math.min(Math.max(Math.round(us), 0), MAX_US));
}

/** Empty histograms are left out: there is nothing to add. */
function encode(histogram: Histogram): string[] {
  return histogram.totalCount === 0 ? [] : [encodeIntoCompressedBase64(histogram)];
}

function noCounts(): Counts {
  return {
    invalidations: 0,
    starts: 0,
    finishes: 0,
    finishFallbacks: 0,
    flushes: 0,
    faults: 0,
    faultRetries: 0,
    accesses: 0,
    tlbHits: 0,
    tlbMisses: 0,
    staleAccesses: 0,
    syscalls: 0,
  };
}

function noGpuCounts(): GpuCounts {
  return { accesses: 0, tlbHits: 0, faults: 0, flushes: 0 };
}
