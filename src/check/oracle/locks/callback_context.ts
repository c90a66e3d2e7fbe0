import type { RuleOfOneThread } from "../../rules.ts";
import type { Task } from "../../../machine/task.ts";
import { machineEvents } from "../../../machine/tracepoints.ts";
import { kernelEvents } from "../../../kernel/tracepoints.ts";
import { FS_RECLAIM, type Held } from "../../books/held_locks.ts";
import type { LockClass } from "../../books/lock_class.ts";
import type { LockOracle, LockWatch } from "./lock_watch.ts";

/** Classes that a callback must not take, and why. */
const FORBIDDEN: Readonly<Record<string, readonly [rule: RuleOfOneThread, why: string]>> = {
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
export function watchCallbackContext(watch: LockWatch): LockOracle {
  const contexts = new Contexts();
  /** Classes of locks that some callback took in this execution. */
  const takenInside = new Set<LockClass>();
  enterAndLeave(watch, contexts);
  watchBorders(watch, contexts);
  watchTaking(watch, contexts, takenInside);
  return {
    begin() {
      contexts.begin();
      takenInside.clear();
    },
  };
}

/** Where each task is. */
class Contexts {
  readonly #ofTask: Context[] = [];

  begin(): void {
    this.#ofTask.length = 0;
  }

  of(task: Task): Context {
    while (this.#ofTask.length <= task.id) this.#ofTask.push({ isBlockable: true, isInside: false, heldBefore: 0 });
    return this.#ofTask[task.id];
  }

  mustNotSleep(task: Task): boolean {
    const { isInside, isBlockable } = this.of(task);
    return isInside && !isBlockable;
  }
}

function enterAndLeave({ tracer, held }: LockWatch, contexts: Contexts): void {
  const enter = (task: Task) => {
    const context = contexts.of(task);
    context.isInside = true;
    context.heldBefore = held.of(task).length;
  };
  const leave = (task: Task) => void (contexts.of(task).isInside = false);
  tracer.on("book", kernelEvents.invalidateRangeStart, (task, _mm, _start, _end, _event, blockable) => {
    contexts.of(task).isBlockable = blockable !== 0;
  });
  tracer.on("book", kernelEvents.invalidateCall, enter);
  tracer.on("book", kernelEvents.invalidateCalled, leave);
  tracer.on("book", kernelEvents.invalidateFinish, enter);
  tracer.on("book", kernelEvents.invalidateFinished, leave);
  tracer.on("book", kernelEvents.hlistCall, (task, _subscription, _op, range) => {
    if (range !== 0) enter(task);
  });
  tracer.on("book", kernelEvents.hlistCalled, leave);
}

/** With what locks callbacks are called, and with what locks they return. */
function watchBorders(watch: LockWatch, contexts: Contexts): void {
  const { judge, held, nameOf } = watch;
  const say = sayer(watch);
  /** Interval notifiers are called with no lock of the core held (RULES 5). */
  const checkEntered = (task: Task, sub: number) => {
    const srcu = held.of(task).some((lock) => lock.class.name === "srcu");
    if (srcu) say(task, "I8", `calls ${nameOf(sub)} inside an SRCU read section`);
  };
  /** Between the passes nothing is held (RULES b), and a start that fails has no end that could let go of anything (RULES 28). */
  const checkLeft = (task: Task) => {
    const locks = held.of(task);
    if (locks.length > contexts.of(task).heldBefore)
      say(task, "RULES 28", `returns from a callback with ${held.nameOf(locks.at(-1)!)} held`);
  };
  judge(kernelEvents.invalidateCall, checkEntered);
  judge(kernelEvents.invalidateCalled, checkLeft);
  judge(kernelEvents.invalidateFinish, checkEntered);
  judge(kernelEvents.invalidateFinished, checkLeft);
  judge(kernelEvents.hlistStartFailed, checkLeft); // a start that succeeds may keep a lock until its end
}

/** What callbacks wait for, and who waits for callbacks. */
function watchTaking(watch: LockWatch, contexts: Contexts, takenInside: Set<LockClass>): void {
  const { tracer, judge, held, nameOf } = watch;
  const say = sayer(watch);
  const mayWaitForInvalidation = (task: Task, others: readonly Held[]) => {
    if (contexts.of(task).isInside) {
      say(task, "RULES 36", "may wait for an invalidation in a callback, which is part of one");
      return;
    }
    const wanted = others.find((lock) => takenInside.has(lock.class));
    if (wanted !== undefined)
      say(task, "I24", `may wait for an invalidation while it holds ${held.nameOf(wanted)}, which callbacks take`);
  };
  held.onTake((task, lock, others) => {
    if (lock.class.name === RANGE_START) mayWaitForInvalidation(task, others);
    if (!contexts.of(task).isInside) return;
    const forbidden = FORBIDDEN[lock.class.name];
    if (forbidden !== undefined) say(task, forbidden[0], `takes ${held.nameOf(lock)} in a callback: ${forbidden[1]}`);
    if (contexts.mustNotSleep(task) && lock.class.isSleeping)
      say(task, "I9", `might have to wait for ${held.nameOf(lock)} in a callback of a range that must not block`);
  });
  tracer.on("book", kernelEvents.lockAcquired, (task, lock) => {
    if (contexts.of(task).isInside) takenInside.add(held.classes.of(lock));
  });
  judge(machineEvents.mightSleep, (task, word) => {
    if (!contexts.mustNotSleep(task) || held.classes.isSpinWord(word)) return;
    const sleeps = word === 0 ? "sleeps for a time" : `sleeps on ${nameOf(word)}`;
    say(task, "I9", `${sleeps} in a callback of a range that must not block`);
  });
}

function sayer({ object }: LockWatch) {
  return (task: Task, rule: RuleOfOneThread, what: string): void =>
    object({ kind: "violation", rule, message: `${task.name} ${what}`, task: task.name, details: [] });
}
