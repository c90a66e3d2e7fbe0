import type { Strategy } from "../engine/strategy.ts";
import type { Subject } from "../engine/subject.ts";
import type { Exhaustive } from "./exhaustive.ts";
import type { Learner } from "./learner.ts";
import type { Part } from "./portfolio.ts";
import type { Profile } from "./profile.ts";

/** What a strategy is made from, as the user asks for it. Plain data. */
export interface StrategySpec {
  /** As in `--strategy`. */
  readonly name: string;
  readonly seed: number;
  /** PCT: depth of the bugs to look for; null or absent: 1, 2, 3, … in turn. */
  readonly depth?: number | null;
  /** Bound of preemptions (or delays); null or absent: 0, 1, 2, … one after the other. */
  readonly preemptions?: number | null;
}

/** A strategy as something to choose: all that is known of it without making one. */
export type StrategyKind = Facts & (Sampling | Learning | Enumerating);

interface Facts {
  /** As in `--strategy`. */
  readonly name: string;
  /** What it does, in less than a line. */
  readonly summary: string;
  /** The strategies that it has by turns; absent: it is one itself. */
  readonly parts?: readonly Part[];
  /** Of sixteen executions of the portfolio, how many are its own; absent: none. */
  readonly share?: number;
  /** Executions after which what came out is put together; absent: as many as are convenient. */
  readonly round?: number;
  /** The bound that it takes: PCT's depth, or how many delays or preemptions an execution may have. */
  readonly bound?: "depth" | "delay" | "preemption";
}

/** @param profile of the subject, made when it is first asked for */
type Create<Made> = (spec: StrategySpec, subject: Subject, profile: () => Profile) => Made;

/** Each execution is drawn, whatever the others were: a sample. */
interface Sampling {
  readonly isExhaustive: false;
  readonly isStateful: false;
  readonly create: Create<Strategy>;
}

/** What executions showed decides about those of later rounds. */
interface Learning {
  readonly isExhaustive: false;
  readonly isStateful: true;
  readonly create: Create<Learner>;
}

/** Goes from execution to execution until nothing is left: all of them must be run in order, by the same object. */
interface Enumerating {
  readonly isExhaustive: true;
  readonly isStateful: true;
  readonly create: Create<Exhaustive>;
}
