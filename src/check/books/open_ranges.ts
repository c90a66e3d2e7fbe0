import type { Task } from "../../machine/task.ts";
import type { Tracer } from "../../machine/tracepoint.ts";
import { driverEvents } from "../../driver/tracepoints.ts";
import { kernelEvents } from "../../kernel/tracepoints.ts";

/** One invalidation from its invalidate_range_start on. It lives on its task's stack, so one thread sees all of it. */
export interface OpenRange {
  readonly id: number;
  readonly mm: number;
  readonly start: number;
  readonly end: number;
  /** MMU_NOTIFY_* */
  readonly event: number;
  /** Who migrates, or takes exclusive access; 0 nobody. */
  owner: number;
  readonly isBlockable: boolean;
  readonly startedUs: number;
  /** The sequence number that callbacks are given; valid once `isCounted`. */
  seq: number;
  isCounted: boolean;
  /** By how much this range has changed the count of active ranges. */
  activeDelta: number;
  /** A classic notifier has been called for it. */
  hasStartedClassic: boolean;
  /** The callback called last is the first of two. */
  isTwoPassCall: boolean;
  /** Some start callback said no in a range that may not block. */
  isRefused: boolean;
  isStartPassDone: boolean;
  startPassDoneUs: number;
  /** Has the notifier part returned, and with what. */
  isStarted: boolean;
  result: number;
  /** When it returned: before any oracle looked at it, which takes time. */
  returnedUs: number;
  /** Start callbacks called. */
  calls: number;
  /** TLB invalidations that its task sent during the notifier part. */
  flushes: number;
  /** When it sent the first, and when it had waited for the latest. */
  firstFlushUs: number;
  lastFlushedUs: number;
  /** What start callbacks handed out, in order: pairs of notifier and finish object. */
  readonly handedOut: number[];
  /** How many of `handedOut` have been finished, in order. */
  finished: number;
}

/** The ranges that the tasks of this thread are in, innermost last. */
export class OpenRanges {
  readonly #ofTask = new Map<number, OpenRange[]>();

  /** To be called before all other listeners of the thread are added. */
  listenFirst(tracer: Tracer): void {
    tracer.on(kernelEvents.invalidateRangeStart, (task, mm, start, end, event, blockable, id) => {
      this.#stack(task).push({
        id,
        mm,
        start,
        end,
        event,
        owner: 0,
        isBlockable: blockable !== 0,
        startedUs: task.nowUs(),
        seq: 0,
        isCounted: false,
        activeDelta: 0,
        hasStartedClassic: false,
        isTwoPassCall: false,
        isRefused: false,
        isStartPassDone: false,
        startPassDoneUs: 0,
        isStarted: false,
        result: 0,
        returnedUs: 0,
        calls: 0,
        flushes: 0,
        firstFlushUs: 0,
        lastFlushedUs: 0,
        handedOut: [],
        finished: 0,
      });
    });
    tracer.on(kernelEvents.invalidateOwner, (task, id, owner) => {
      const range = this.find(task, id);
      if (range !== undefined) range.owner = owner;
    });
    tracer.on(kernelEvents.invalidateSeq, (task, _mm, id, seq) => {
      const range = this.find(task, id);
      if (range === undefined) return;
      range.seq = seq;
      range.isCounted = true;
    });
    tracer.on(kernelEvents.invalidateCalled, (task, _sub, id) => {
      const range = this.find(task, id);
      if (range !== undefined) range.calls++;
    });
    tracer.on(kernelEvents.invalidateStartPassDone, (task, _mm, id) => {
      const range = this.find(task, id);
      if (range === undefined) return;
      range.isStartPassDone = true;
      range.startPassDoneUs = task.nowUs();
    });
    tracer.on(driverEvents.flushSubmit, (task) => {
      const range = this.inNotifier(task);
      if (range !== undefined && range.flushes++ === 0) range.firstFlushUs = task.nowUs();
    });
    tracer.on(driverEvents.flushWaited, (task) => {
      const range = this.inNotifier(task);
      if (range !== undefined) range.lastFlushedUs = task.nowUs();
    });
    tracer.on(kernelEvents.invalidateRangeStarted, (task, _mm, _start, _end, id, result) => {
      const range = this.find(task, id);
      if (range === undefined) return;
      range.isStarted = true;
      range.result = result;
      range.returnedUs = task.nowUs();
    });
  }

  /** To be called after all other listeners were added: forgets what is over. */
  listenLast(tracer: Tracer): void {
    tracer.on(kernelEvents.invalidateRangeStarted, (task, _mm, _start, _end, id, result) => {
      if (result !== 0) this.#forget(task, id); // its caller must not call range_end (RULES 28)
    });
    tracer.on(kernelEvents.invalidateRangeEnd, (task, _mm, _start, _end, id) => this.#forget(task, id));
  }

  /** No task is in a range. */
  reset(): void {
    this.#ofTask.clear();
  }

  /** The open range `id` of this task. */
  find(task: Task, id: number): OpenRange | undefined {
    return this.#ofTask.get(task.id)?.findLast((range) => range.id === id);
  }

  /** The innermost open range of this task whose notifier part has not returned. */
  inNotifier(task: Task): OpenRange | undefined {
    const range = this.#ofTask.get(task.id)?.at(-1);
    return range === undefined || range.isStarted ? undefined : range;
  }

  /** All open ranges of this thread, with their tasks' ids. */
  *all(): Generator<readonly [number, OpenRange]> {
    for (const [task, ranges] of this.#ofTask) for (const range of ranges) yield [task, range];
  }

  #stack(task: Task): OpenRange[] {
    let stack = this.#ofTask.get(task.id);
    if (stack === undefined) this.#ofTask.set(task.id, (stack = []));
    return stack;
  }

  #forget(task: Task, id: number): void {
    const stack = this.#ofTask.get(task.id);
    const index = stack?.findLastIndex((range) => range.id === id) ?? -1;
    if (index >= 0) stack?.splice(index, 1);
  }
}
