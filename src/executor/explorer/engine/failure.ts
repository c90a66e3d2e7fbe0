import type { RuleId } from "../../../rules/catalogue.ts";

/**
 * What kind of thing went wrong: each has its own name in reports, and deadlock and livelock an exit code of their own. Each is a
 * rule by itself, too.
 */
export const FAILURE_KINDS = [
  /** An oracle objected to what the machine did. */
  "violation",
  /** An assertion of a small program. */
  "assertion",
  /** Protocol code threw: what it met cannot be. */
  "exception",
  "use-after-free",
  "out-of-bounds",
  "data-race",
  "lock-order",
  "atomic-sleep",
  "leak",
  /** Nobody can run, nobody sleeps for a time, and somebody has not ended. */
  "deadlock",
  /** Some wait for each other forever while others still run. */
  "partial-deadlock",
  /** Somebody sleeps forever although what it waited for has happened. */
  "lost-wakeup",
  /** Under a fair schedule the same states come round and round. */
  "livelock",
] as const satisfies readonly RuleId[];

export type FailureKind = (typeof FAILURE_KINDS)[number];

/** One thing that went wrong in one execution. Plain data: it crosses threads and goes into reports. */
export type Failure = BrokenRule | Thrown;

interface BrokenRule extends Told {
  readonly kind: Exclude<FailureKind, "exception">;
  /** What was broken; of a data race with the field that is meant: `data-race vma.flags`. */
  readonly rule: RuleId | `data-race ${string}`;
}

interface Thrown extends Told {
  readonly kind: "exception";
  /** Name of the error. */
  readonly rule: string;
}

interface Told {
  /** What happened, in the words of the field: which GPU, which address, which sequence number. */
  readonly message: string;
  /** Name of the task that was seen doing it; empty if it is nobody's in particular. */
  readonly task: string;
  /** More to say, one finished line each: a lock-order scenario, the two sides of a race, a cycle. */
  readonly details: readonly string[];
}

/** Failures that are the same trouble met again. */
export function signatureOf(failure: Failure): string {
  return `${failure.kind} ${failure.rule}`;
}
