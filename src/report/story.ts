/**
 * What a hunt has to tell of one failure. Plain data: it crosses threads and is written as it is. Steps are numbered from 1, as
 * they were taken in the smallest execution that still fails.
 */
export interface FailureReport {
  readonly failure: ToldFailure;
  /** What the mistake is called where concurrency bugs are sorted; null if nothing is known by name. */
  readonly pattern: Pattern | null;
  /** The machine and what was played on it, as in `two-pass, unmap-fault, 2 GPUs, 2 CPUs`. */
  readonly setting: string;
  /** Strategy, number of the execution from 0, and its steps before it was made small. */
  readonly strategy: string;
  readonly schedule: number;
  readonly steps: number;
  readonly minimized: { readonly steps: number; readonly switches: number };
  readonly reproduced: { readonly failed: number; readonly times: number };
  readonly story: Story;
  /** Each of them is necessary: the other way round, the run passes. */
  readonly orders: readonly NecessaryOrder[];
  /** How many orders make the failure; null if that could not be told. */
  readonly depth: number | null;
  readonly odds: Odds;
  readonly token: string;
  /** Command line that replays it, quoted for a shell. */
  readonly command: string;
}

/** What went wrong; as the explorer's Failure. */
export interface ToldFailure {
  readonly kind: string;
  readonly rule: string;
  readonly message: string;
  readonly task: string;
  readonly details: readonly string[];
}

export interface Pattern {
  /** `order violation`, `atomicity violation`, `lost wake-up`, … */
  readonly name: string;
  /** What that means, in a sentence. */
  readonly meaning: string;
}

/** An execution as a person wants to hear it. */
export interface Story {
  /** The processors, in the order of their columns: `cpu0`, `gpu1`. */
  readonly columns: readonly string[];
  /** In the order in which they happened; each step of the execution belongs to one. */
  readonly events: readonly StoryEvent[];
}

/** One or more steps that a task took without anybody coming in between. */
export interface StoryEvent {
  /** First and last step. */
  readonly first: number;
  readonly last: number;
  readonly column: number;
  /** Name of the task, which may be one of several of its processor. */
  readonly task: string;
  readonly text: string;
  /** Values that changed, one a line: `mm0.subscriptions.invalidate_seq 17 -> 18`. */
  readonly details: readonly string[];
  /** Here the failure showed. */
  readonly isWrong: boolean;
  /** How often the same was done in a row. */
  readonly times: number;
  /** Nothing that others would notice: not worth a number. */
  readonly isAside: boolean;
}

/** Step `before` must come before step `after`, or there is no failure. */
export interface NecessaryOrder {
  readonly before: number;
  readonly after: number;
  /** A step that was not taken any more, if `after` is beyond the last. */
  readonly heldBack?: { readonly task: string; readonly operation: string } | undefined;
}

/** How probable the failure is after each step, if whoever runs next is drawn from then on. */
export interface Odds {
  /** By step, the first is before any step. */
  readonly probability: readonly number[];
  /** Step with which it rises most; null if it does not. */
  readonly jumpAt: number | null;
}
