import type { RuleOfOneThread } from "../rules.ts";

/** What an oracle of locks and contexts objects to, once in an execution. Plain data, and a failure as the explorer takes it. */
export interface Objection {
  readonly kind: "lock-order" | "atomic-sleep" | "violation";
  readonly rule: RuleOfOneThread;
  readonly message: string;
  /** Name of the task. */
  readonly task: string;
  readonly details: readonly string[];
}

export type Objector = (objection: Objection) => void;

/** What several oracles object to in one event, told in the order of their ranks when all have judged. */
export class Objections {
  readonly #object: Objector;
  readonly #said: { readonly rank: number; readonly objection: Objection }[] = [];

  constructor(object: Objector) {
    this.#object = object;
  }

  /** For one oracle. */
  ranked(rank: number): Objector {
    return (objection) => void this.#said.push({ rank, objection });
  }

  /** All have judged the event. */
  tell(): void {
    if (this.#said.length === 0) return;
    for (const { objection } of this.#said.sort((a, b) => a.rank - b.rank)) this.#object(objection);
    this.#said.length = 0;
  }
}
