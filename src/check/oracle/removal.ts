import { NULL } from "../../machine/struct.ts";
import type { Task } from "../../machine/task.ts";
import type { Tracer } from "../../machine/tracepoint.ts";
import { kernelEvents } from "../../kernel/tracepoints.ts";
import { SUB_REMOVED, SubRow, type Subscribers } from "../books/subscribers.ts";
import type { Reporter } from "../record/violation.ts";
import type { CheckWorld } from "../world.ts";

/**
 * Oracle 4, removal (RULES 36, I7): once remove() has returned, no callback of the notifier runs, none will run, none owes a
 * finish, and the node is out of the tree. Certain on threads: remove() waits for the end of all ranges that may have
 * found the notifier, and the events of a range come before its end.
 */
export class Removal {
  readonly #world: CheckWorld;
  readonly #subscribers: Subscribers;

  constructor(world: CheckWorld, subscribers: Subscribers) {
    this.#world = world;
    this.#subscribers = subscribers;
  }

  listen(tracer: Tracer, reporter: Reporter): void {
    const name = (sub: number) => this.#world.nameOf(sub);
    tracer.on(kernelEvents.invalidateCall, (task, sub) => {
      this.#checkLive(task, sub, "was called", reporter);
      this.#add(task, sub, SubRow.calls, 1);
    });
    tracer.on(kernelEvents.invalidateCalled, (task, sub, _range, _seq, ok, finish) => {
      if (ok !== 0 && finish !== 0 && finish !== sub) this.#add(task, sub, SubRow.finishes, 1);
      this.#add(task, sub, SubRow.calls, -1);
    });
    tracer.on(kernelEvents.invalidateFinish, (task, sub) => this.#checkLive(task, sub, "was finished", reporter));
    tracer.on(kernelEvents.invalidateNextPass, (task, sub, _range, finish) =>
      this.#add(task, sub, SubRow.finishes, finish === sub ? 0 : 1),
    );
    tracer.on(kernelEvents.invalidateFinished, (task, sub, _range, finish) =>
      this.#add(task, sub, SubRow.finishes, finish === sub ? 0 : -1),
    );
    tracer.on(kernelEvents.intervalRemoved, (task, sub) => {
      const { words } = task;
      const row = this.#subscribers.find(words, sub);
      if (row === NULL) return;
      const calls = Atomics.load(words, row + SubRow.calls);
      const finishes = Atomics.load(words, row + SubRow.finishes);
      if (calls > 0) reporter.report(task, "I7", `${name(sub)} was removed while ${calls} of its callbacks run`);
      if (finishes > 0)
        reporter.report(task, "I7", `${name(sub)} was removed while ${finishes} of its finish callbacks are owed`);
      if (words[row + SubRow.isInTree] !== 0)
        reporter.report(task, "RULES 36", `${name(sub)} was removed and is still in the tree`);
      Atomics.store(words, row + SubRow.state, SUB_REMOVED);
    });
  }

  #checkLive(task: Task, sub: number, did: string, reporter: Reporter): void {
    const row = this.#subscribers.find(task.words, sub);
    if (row === NULL || Atomics.load(task.words, row + SubRow.state) !== SUB_REMOVED) return;
    reporter.report(task, "I7", `${this.#world.nameOf(sub)} ${did} after it had been removed`);
  }

  #add(task: Task, sub: number, field: typeof SubRow.calls | typeof SubRow.finishes, delta: number): void {
    const row = this.#subscribers.find(task.words, sub);
    if (row !== NULL) Atomics.add(task.words, row + field, delta);
  }
}
