import type { Task } from "../../machine/task.ts";
import type { Tracer } from "../../machine/tracepoint.ts";
import { machineEvents } from "../../machine/tracepoints.ts";
import { kernelEvents } from "../../kernel/tracepoints.ts";
import { FS_RECLAIM, type Held, type HeldLocks } from "../books/held_locks.ts";
import type { LockClass } from "../books/lock_class.ts";
import type { Objector } from "../record/objection.ts";

/** Classes that a callback must not take, and why. */
const FORBIDDEN: Readonly<Record<string, readonly [rule: string, why: string]>> = {
  "mm_struct.mmap_lock": ["RULES b 2", "whoever invalidates may hold it"],
  "page.flags": ["RULES 58", "whoever invalidates may hold the lock of that page"],
  [FS_RECLAIM.name]: ["RULES 60", "the allocation may reclaim, and reclaim waits for notifiers"],
};
/** What read_begin and remove take in passing, to say that they may wait for an invalidation (RULES 12). */
const RANGE_START = "mmu_notifier_invalidate_range_start";

/** Where a task is. */
interface Context {
  /** The range that it invalidates may block. */
  isBlockable: boolean;
  /** It is in a callback. */
  isInside: boolean;
  /** How many of the locks that it holds it held when the callback was called. */
  heldBefore: number;
}

/**
 * What callbacks may do, and what nobody may do because of what callbacks do (RULES 5, 27 to 29, 36, 38, 58, 60; I8, I9, I24).
 */
export class CallbackContext {
  readonly #held: HeldLocks;
  readonly #nameOf: (addr: number) => string;
  readonly #object: Objector;
  readonly #contexts: Context[] = [];
  /** Classes of locks that some callback took in this execution. */
  readonly #takenInside = new Set<LockClass>();

  constructor(held: HeldLocks, nameOf: (addr: number) => string, object: Objector) {
    this.#held = held;
    this.#nameOf = nameOf;
    this.#object = object;
    held.onTake((task, lock, others) => this.#take(task, lock, others));
  }

  /** An execution begins. */
  begin(): void {
    this.#contexts.length = 0;
    this.#takenInside.clear();
  }

  listen(tracer: Tracer): void {
    tracer.on(kernelEvents.invalidateRangeStart, (task, _mm, _start, _end, _event, blockable) => {
      this.#of(task).isBlockable = blockable !== 0;
    });
    tracer.on(kernelEvents.invalidateCall, (task, sub) => this.#enterInterval(task, sub));
    tracer.on(kernelEvents.invalidateCalled, (task) => this.#leaveInterval(task));
    tracer.on(kernelEvents.invalidateFinish, (task, sub) => this.#enterInterval(task, sub));
    tracer.on(kernelEvents.invalidateFinished, (task) => this.#leaveInterval(task));
    tracer.on(kernelEvents.hlistCall, (task, _subscription, _op, range) => {
      if (range !== 0) this.#enter(task);
    });
    tracer.on(kernelEvents.hlistCalled, (task) => {
      this.#of(task).isInside = false;
    });
    tracer.on(kernelEvents.hlistStartFailed, (task) => this.#checkLeft(task)); // a start that succeeds may keep a lock until its end
    tracer.on(kernelEvents.lockAcquired, (task, lock) => {
      if (this.#of(task).isInside) this.#takenInside.add(this.#held.classes.of(lock));
    });
    tracer.on(machineEvents.mightSleep, (task, word) => {
      if (this.#mustNotSleep(task) && !this.#held.classes.isSpinWord(word)) {
        this.#say(
          task,
          "I9",
          `sleeps ${word === 0 ? "for a time" : `on ${this.#nameOf(word)}`} in a callback of a range that must not block`,
        );
      }
    });
  }

  /** Interval notifiers are called with no lock of the core held (RULES 5). */
  #enterInterval(task: Task, sub: number): void {
    const srcu = this.#held.of(task).find((lock) => lock.class.name === "srcu");
    if (srcu !== undefined) this.#say(task, "I8", `calls ${this.#nameOf(sub)} inside an SRCU read section`);
    this.#enter(task);
  }

  #enter(task: Task): void {
    const context = this.#of(task);
    context.isInside = true;
    context.heldBefore = this.#held.of(task).length;
  }

  #leaveInterval(task: Task): void {
    this.#of(task).isInside = false;
    this.#checkLeft(task);
  }

  /** Between the passes nothing is held (RULES b), and a start that fails has no end that could let go of anything (RULES 28). */
  #checkLeft(task: Task): void {
    const held = this.#held.of(task);
    if (held.length > this.#of(task).heldBefore)
      this.#say(task, "RULES 28", `returns from a callback with ${this.#held.nameOf(held.at(-1)!)} held`);
  }

  #take(task: Task, lock: Held, others: readonly Held[]): void {
    if (lock.class.name === RANGE_START) this.#mayWaitForInvalidation(task, others);
    if (!this.#of(task).isInside) return;
    const forbidden = FORBIDDEN[lock.class.name];
    if (forbidden !== undefined) this.#say(task, forbidden[0], `takes ${this.#held.nameOf(lock)} in a callback: ${forbidden[1]}`);
    if (this.#mustNotSleep(task) && lock.class.isSleeping)
      this.#say(task, "I9", `might have to wait for ${this.#held.nameOf(lock)} in a callback of a range that must not block`);
  }

  #mayWaitForInvalidation(task: Task, others: readonly Held[]): void {
    if (this.#of(task).isInside) {
      this.#say(task, "RULES 36", "may wait for an invalidation in a callback, which is part of one");
      return;
    }
    const wanted = others.find((lock) => this.#takenInside.has(lock.class));
    if (wanted !== undefined)
      this.#say(task, "I24", `may wait for an invalidation while it holds ${this.#held.nameOf(wanted)}, which callbacks take`);
  }

  #mustNotSleep(task: Task): boolean {
    const { isInside, isBlockable } = this.#of(task);
    return isInside && !isBlockable;
  }

  #of(task: Task): Context {
    while (this.#contexts.length <= task.id) this.#contexts.push({ isBlockable: true, isInside: false, heldBefore: 0 });
    return this.#contexts[task.id];
  }

  #say(task: Task, rule: string, what: string): void {
    this.#object({ kind: "violation", rule, message: `${task.name} ${what}`, task: task.name, details: [] });
  }
}
