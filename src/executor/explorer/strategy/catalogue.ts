import type { Strategy } from "../strategy.ts";
import type { Subject } from "../subject.ts";
import { RandomWalk } from "./random.ts";

/** What a strategy is made from. */
export interface StrategyOptions {
  readonly seed: number;
  /** PCT: depth of the bugs to look for; null: 1, 2, 3, … in turn. */
  readonly depth: number | null;
  /** Bound of preemptions (or delays); null: 0, 1, 2, … one after the other. */
  readonly preemptions: number | null;
  /** DPOR: take tasks that run the same code for interchangeable. */
  readonly symmetry: boolean;
}

type Create = (options: StrategyOptions, subject: Subject) => Strategy;

const CREATE: Readonly<Record<string, Create>> = {
  random: ({ seed }) => new RandomWalk(seed),
};

/** As in `--strategy`. */
export const STRATEGY_NAMES: readonly string[] = Object.keys(CREATE);

/**
 * The strategy of that name, for this subject, which it may run a few times (seeded) to learn its size.
 *
 * @throws RangeError if there is no such strategy
 */
export function createStrategy(name: string, options: StrategyOptions, subject: Subject): Strategy {
  const create = CREATE[name];
  if (create === undefined) throw new RangeError(`no strategy ${name}; there are ${STRATEGY_NAMES.join(", ")}`);
  return create(options, subject);
}
