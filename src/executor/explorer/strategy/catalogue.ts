import type { Strategy } from "../strategy.ts";
import type { Subject } from "../subject.ts";
import { DelayBound } from "./delay_bound.ts";
import { Dfs } from "./dfs.ts";
import { Dpor } from "./dpor/dpor.ts";
import { Feedback, GENERATION } from "./feedback.ts";
import { Pct } from "./pct.ts";
import { Portfolio, PORTFOLIO_ROUND, Rotation } from "./portfolio.ts";
import { Pos } from "./pos.ts";
import { PreemptionBound } from "./preemption_bound.ts";
import { profileOf } from "./profile.ts";
import { RandomWalk } from "./random.ts";
import { Surw } from "./surw.ts";
import { Urw } from "./urw.ts";

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
  portfolio: (options, subject) => (
    new Portfolio(options.seed, (name) => createStrategy(name, { ...options, preemptions: null, symmetry: false }, subject))
  ),
  delay: ({ preemptions }) => new DelayBound(preemptions),
  preemption: ({ preemptions }) => new PreemptionBound(preemptions),
  dpor: (_options, { words }) => new Dpor(words.length),
  dfs: () => new Dfs(),
  random: ({ seed }) => new RandomWalk(seed),
  pct: ({ seed, depth }, subject) => new Pct({ seed, depth, choices: profileOf(subject, seed).choices }),
  pos: ({ seed }) => new Pos(seed),
  urw: ({ seed }, subject) => new Urw(seed, profileOf(subject, seed)),
  surw: ({ seed }, subject) => new Surw(seed, profileOf(subject, seed)),
  feedback: ({ seed }, { words }) => new Feedback(seed, words.length),
};

/** Those whose executions follow from one another: all of them must be run in order, by the same object. */
const SEQUENTIAL: readonly string[] = ["delay", "preemption", "dpor", "dfs"];

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

/** How the executions of a strategy may be spread. */
export class Spread {
  /** Executions after which what was learned is put together. */
  readonly round: number;
  readonly #strategy: string;
  readonly #rotation: Rotation;

  constructor(strategy: string, seed: number) {
    this.#strategy = strategy;
    this.#rotation = new Rotation(seed);
    this.round = strategy === "feedback" ? GENERATION : PORTFOLIO_ROUND;
  }

  /** Name of the strategy, of the portfolio or alone, that runs this execution. */
  strategyOf(index: number): string {
    return this.#strategy === "portfolio" ? this.#rotation.at(index).strategy : this.#strategy;
  }

  /** Who of so many must run this execution, for it follows from others that they ran; null: anybody. */
  ownerOf(index: number, jobs: number): number | null {
    const at = SEQUENTIAL.indexOf(this.strategyOf(index));
    return at < 0 ? null : at % jobs;
  }
}
