import type { LogEntry } from "./callbacks.ts";
import { changed, INITIAL_VIEW, type MmView } from "./state.ts";
import type { Result, Step, Trace } from "./trace.ts";

/** Everything that is compared after a step. A result of ours may also be a text that no trace holds. */
export interface Observation {
  readonly x: Result | string;
  readonly w: readonly (readonly [number, Result | string])[];
  readonly c: readonly LogEntry[];
  readonly W: readonly string[];
  readonly mms: readonly MmView[];
  /** `invalidate_seq` by id of the interval notifiers that are inserted. */
  readonly seqs: Readonly<Record<string, number>>;
  /** `users` by id of the classic notifiers made by `hg`. */
  readonly users: Readonly<Record<string, number>>;
}

/** What the trace records, put together from the changes that its steps give. */
export class Recorded {
  #mms: MmView[];
  readonly #seqs: Record<string, number> = {};
  readonly #users: Record<string, number> = {};

  constructor(trace: Trace) {
    this.#mms = Array.from({ length: trace.m }, () => INITIAL_VIEW);
  }

  after(step: Step): Observation {
    const changes = [step.d, step.d1, step.d2];
    this.#mms = this.#mms.map((view, mm) => changed(view, changes[mm]));
    for (const id of step.g) delete this.#seqs[id];
    for (const [seq, ids] of Object.entries(step.Q)) {
      for (const id of ids) this.#seqs[id] = Number(seq);
    }
    for (const [id, users] of Object.entries(step.U)) this.#users[id] = users;
    for (const [letter, id] of step.c) {
      if (letter === "X") delete this.#users[id];
    }
    return { x: step.x, w: step.w, c: step.c, W: step.W, mms: this.#mms, seqs: this.#seqs, users: this.#users };
  }
}
