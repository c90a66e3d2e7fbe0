import type { Task } from "../../machine/task.ts";
import type { Tracer } from "../../machine/tracer.ts";
import { kernelEvents } from "../../kernel/tracepoints.ts";

/**
 * What was announced of one invalidation from its invalidate_range_start on. It lives on its task's stack, so one thread sees all
 * of it.
 */
export interface OpenRange {
  readonly id: number;
  readonly task: number;
  readonly mm: number;
  readonly start: number;
  readonly end: number;
  /** MMU_NOTIFY_* */
  readonly event: number;
  /** Who migrates, or takes exclusive access; 0 nobody. */
  readonly owner: number;
  readonly isBlockable: boolean;
  readonly startedUs: number;
  /** The sequence number that callbacks are given; valid once `isCounted`. */
  readonly seq: number;
  readonly isCounted: boolean;
  readonly isStartPassDone: boolean;
  readonly startPassDoneUs: number;
  /** Has the notifier part returned, and with what. */
  readonly isStarted: boolean;
  readonly result: number;
  /** When it returned: before any oracle looked at it, which takes time. */
  readonly returnedUs: number;
  /** Each slot belongs to one {@link StateOf}. */
  readonly slots: unknown[];
}

/** As only the book itself may write it. */
type Entry = { -readonly [K in keyof OpenRange]: OpenRange[K] };

/** The ranges that the tasks of this thread are in, innermost last. */
export class OpenRanges {
  readonly #ofTask = new Map<number, Entry[]>();
  #slots = 0;

  listen(tracer: Tracer): void {
    tracer.on("book", kernelEvents.invalidateRangeStart, (task, mm, start, end, event, blockable, id) => {
      this.#stack(task).push({
        id,
        task: task.id,
        mm,
        start,
        end,
        event,
        owner: 0,
        isBlockable: blockable !== 0,
        startedUs: task.nowUs(),
        seq: 0,
        isCounted: false,
        isStartPassDone: false,
        startPassDoneUs: 0,
        isStarted: false,
        result: 0,
        returnedUs: 0,
        slots: [],
      });
    });
    tracer.on("book", kernelEvents.invalidateOwner, (task, id, owner) => {
      const range = this.#find(task, id);
      if (range !== undefined) range.owner = owner;
    });
    tracer.on("book", kernelEvents.invalidateSeq, (task, _mm, id, seq) => {
      const range = this.#find(task, id);
      if (range === undefined) return;
      range.seq = seq;
      range.isCounted = true;
    });
    tracer.on("book", kernelEvents.invalidateStartPassDone, (task, _mm, id) => {
      const range = this.#find(task, id);
      if (range === undefined) return;
      range.isStartPassDone = true;
      range.startPassDoneUs = task.nowUs();
    });
    tracer.on("book", kernelEvents.invalidateRangeStarted, (task, _mm, _start, _end, id, result) => {
      const range = this.#find(task, id);
      if (range === undefined) return;
      range.isStarted = true;
      range.result = result;
      range.returnedUs = task.nowUs();
    });
    tracer.on("forget", kernelEvents.invalidateRangeStarted, (task, _mm, _start, _end, id, result) => {
      if (result !== 0) this.#forget(task, id); // its caller must not call range_end (RULES 28)
    });
    tracer.on("forget", kernelEvents.invalidateRangeEnd, (task, _mm, _start, _end, id) => this.#forget(task, id));
  }

  /** No task is in a range. */
  reset(): void {
    this.#ofTask.clear();
  }

  /** The open range `id` of this task. */
  find(task: Task, id: number): OpenRange | undefined {
    return this.#find(task, id);
  }

  /** The innermost open range of this task whose notifier part has not returned. */
  inNotifier(task: Task): OpenRange | undefined {
    const range = this.#ofTask.get(task.id)?.at(-1);
    return range === undefined || range.isStarted ? undefined : range;
  }

  /** All open ranges of this thread. */
  *all(): Generator<OpenRange> {
    for (const ranges of this.#ofTask.values()) yield* ranges;
  }

  /** One more slot in each range. */
  addSlot(): number {
    return this.#slots++;
  }

  #find(task: Task, id: number): Entry | undefined {
    return this.#ofTask.get(task.id)?.findLast((range) => range.id === id);
  }

  #stack(task: Task): Entry[] {
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
