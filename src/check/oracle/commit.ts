import { PTE_PRESENT } from "../../machine/pte.ts";
import { NULL } from "../../machine/struct.ts";
import type { Tracer } from "../../machine/tracepoint.ts";
import { driverEvents } from "../../driver/tracepoints.ts";
import { hex } from "../record/format.ts";
import { SUB_REMOVED, SubRow, type Subscribers } from "../books/subscribers.ts";
import type { Reporter } from "../record/violation.ts";
import type { CheckWorld } from "../world.ts";

/**
 * Oracle 4, commit (RULES 7 to 9, I17): what a driver gives the device belongs to a number that is still the notifier's, and
 * not to an invalidation that is under way. Certain on threads: numbers are set and committed under the user lock, and
 * the process's number never comes back to a value that it has left.
 */
export class Commit {
  readonly #world: CheckWorld;
  readonly #subscribers: Subscribers;

  constructor(world: CheckWorld, subscribers: Subscribers) {
    this.#world = world;
    this.#subscribers = subscribers;
  }

  listen(tracer: Tracer, reporter: Reporter): void {
    tracer.on(driverEvents.commit, (task, gpu, va, pte, _pteAddr, sub, seq) => {
      const { words } = task;
      // What is given to a GPU that stands still counts when it goes on: some designs bind it all anew before (RULES 52).
      if (sub === 0 || (pte & PTE_PRESENT) === 0 || this.#world.isStopped(words, gpu)) return;
      const row = this.#subscribers.find(words, sub);
      if (row === NULL) return;
      if (Atomics.load(words, row + SubRow.state) === SUB_REMOVED) {
        reporter.report(task, "I7", `${this.#given(gpu, va)} under ${this.#world.nameOf(sub)}, which had been removed`);
        return;
      }
      const now = Atomics.load(words, row + SubRow.seq);
      if (now !== seq) {
        reporter.report(
          task,
          "I17",
          `${this.#given(gpu, va)} read under number ${seq}, but ${this.#world.nameOf(sub)} has ${now}: read_retry is missing`,
        );
        return;
      }
      if (this.#world.invalidateSeq(words, words[row + SubRow.mm]) === seq) {
        reporter.report(task, "I17", `${this.#given(gpu, va)} during invalidation ${seq}, which hit ${this.#world.nameOf(sub)}`);
      }
    });
  }

  #given(gpu: number, va: number): string {
    return `${this.#world.gpus[gpu].name} was given a page-table entry for ${hex(va)}`;
  }
}
