import type { Failure } from "../../executor/explorer/engine/failure.ts";
import type { Found } from "../../executor/explorer/engine/explore.ts";
import type { Schedule } from "../../executor/explorer/engine/recording.ts";
import type { HuntMachine } from "../machine/hunt_machine.ts";

/**
 * A failure that a hunt found: one record, filled in stages (found, minimised, explained), each of which leaves its fields as
 * they are or makes them more exact. Plain data: it crosses threads, and reports are made of it as it is. Steps are numbered from
 * 1.
 */
export interface Finding {
  readonly where: Place;
  /** As the latest stage shows it. */
  readonly failure: Failure;
  /** What shows it, on that machine; once minimised, as short as can be. */
  readonly schedule: Schedule;
  /** Null if nobody has looked into it yet. */
  readonly explanation: Explanation | null;
}

/** A finding that has come to the last stage. */
export type ExplainedFinding = Finding & { readonly explanation: Explanation };

/** Where a failure was found. */
export interface Place {
  /** Once minimised: the smallest that fails. */
  readonly machine: HuntMachine;
  readonly bug: string | null;
  readonly seed: number;
  /** Who found it, in which execution, from 0, and how many steps that had before anything was made small. */
  readonly strategy: string;
  readonly index: number;
  readonly steps: number;
}

/** All that there is to say of a failure beside what it is. */
export interface Explanation {
  /** The machine and what was played on it, as in `two-pass in unmap, 2 GPUs, 2 CPUs`. */
  readonly setting: string;
  readonly minimised: { readonly steps: number; readonly switches: number };
  readonly reproduced: { readonly failed: number; readonly times: number };
  /** What the mistake is called where concurrency bugs are sorted; null if nothing is known by name. */
  readonly pattern: Pattern | null;
  readonly story: Story;
  /** Each of them is necessary: the other way round, the run passes. */
  readonly orders: readonly NecessaryOrder[];
  /** How many orders make the failure; null if that could not be told. */
  readonly depth: number | null;
  readonly odds: Odds;
  /** Lets it happen again. */
  readonly token: string;
}

/** The first stage. */
export function foundOn(machine: HuntMachine, bug: string | null, seed: number, found: Found): Finding {
  const { failure, schedule, strategy, index, steps } = found;
  return { where: { machine, bug, seed, strategy, index, steps }, failure, schedule, explanation: null };
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
