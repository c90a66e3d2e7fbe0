/** What an oracle of locks and contexts objects to, once in an execution. Plain data, and a failure as the explorer takes it. */
export interface Objection {
  readonly kind: "lock-order" | "atomic-sleep" | "violation";
  /** A rule of the specification: `I23`, `RULES 36`. */
  readonly rule: string;
  readonly message: string;
  /** Name of the task. */
  readonly task: string;
  readonly details: readonly string[];
}

export type Objector = (objection: Objection) => void;
