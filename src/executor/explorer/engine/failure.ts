/** What kind of thing went wrong: each has its own name in reports, and deadlock and livelock an exit code of their own. */
export type FailureKind =
  /** An oracle objected to what the machine did. */
  | "violation"
  /** An assertion of a small program. */
  | "assertion"
  /** Protocol code threw: what it met cannot be. */
  | "exception"
  | "use-after-free"
  | "out-of-bounds"
  | "data-race"
  | "lock-order"
  | "atomic-sleep"
  | "leak"
  /** Nobody can run, nobody sleeps for a time, and somebody has not ended. */
  | "deadlock"
  /** Some wait for each other for ever while others still run. */
  | "partial-deadlock"
  /** Somebody sleeps for ever although what it waited for has happened. */
  | "lost-wakeup"
  /** Under a fair schedule the same states come round and round. */
  | "livelock";

/** One thing that went wrong in one execution. Plain data: it crosses threads and goes into reports. */
export interface Failure {
  readonly kind: FailureKind;
  /** What was broken, as short as in `stale-access`, `I10`, `RULES 28`, `deadlock`. */
  readonly rule: string;
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
