import type { Strategy } from "../engine/strategy.ts";
import type { Subject } from "../engine/subject.ts";
import { DelayBound } from "./delay_bound.ts";
import { Dfs } from "./dfs.ts";
import { BoundedDpor } from "./dpor/bounded_dpor.ts";
import { Dpor } from "./dpor/dpor.ts";
import { Feedback, GENERATION } from "./feedback/feedback.ts";
import { Pct } from "./pct.ts";
import { Portfolio, PORTFOLIO_ROUND, Rotation, SHARES } from "./portfolio.ts";
import { Pos } from "./pos.ts";
import { PreemptionBound } from "./preemption_bound.ts";
import { profileOf, type Profile } from "./profile.ts";
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

type Create = (options: StrategyOptions, subject: Subject, profile: () => Profile) => Strategy;

const CREATE: Readonly<Record<string, Create>> = {
  portfolio: (options, subject, profile) =>
    new Portfolio(options.seed, (name) =>
      createStrategy(name, { ...options, preemptions: null, symmetry: false }, subject, profile),
    ),
  delay: ({ preemptions }) => new DelayBound(preemptions),
  preemption: ({ preemptions }) => new PreemptionBound(preemptions),
  dpor: ({ symmetry, preemptions }, subject) => {
    if (preemptions !== null) return new BoundedDpor(subject.words.length, preemptions);
    return new Dpor(subject.words.length, symmetry && subject.codeOf !== undefined ? (thread) => subject.codeOf!(thread) : null);
  },
  dfs: () => new Dfs(),
  random: ({ seed }) => new RandomWalk(seed),
  pct: ({ seed, depth }, _subject, profile) => new Pct({ seed, depth, choices: profile().choices }),
  pos: ({ seed }) => new Pos(seed),
  urw: ({ seed }, _subject, profile) => new Urw(seed, profile()),
  surw: ({ seed }, _subject, profile) => new Surw(seed, profile()),
  feedback: ({ seed }, { words }) => new Feedback(seed, words.length),
};

/** Executions of a strategy that does not learn between two looks at what came out. */
const OTHER_ROUND = 512;

/** Those that go from execution to execution until nothing is left: all of them must be run in order, by the same object. */
export const EXHAUSTIVE_STRATEGIES: readonly string[] = ["delay", "preemption", "dpor", "dfs"];

/** As in `--strategy`. */
export const STRATEGY_NAMES: readonly string[] = Object.keys(CREATE);

/**
 * The strategy of that name, for this subject.
 *
 * @param profile of the subject, for strategies that need one; made by running it a few times
 * @throws RangeError if there is no such strategy
 */
export function createStrategy(
  name: string,
  options: StrategyOptions,
  subject: Subject,
  profile = profiler(subject, options.seed),
): Strategy {
  const create = CREATE[name];
  if (create === undefined) throw new RangeError(`no strategy ${name}; there are ${STRATEGY_NAMES.join(", ")}`);
  return create(options, subject, profile);
}

/** Makes the profile of a subject when it is first wanted. */
export function profiler(subject: Subject, seed: number): () => Profile {
  let profile: Profile | null = null;
  return () => (profile ??= profileOf(subject, seed));
}

/** How the executions of a strategy may be spread. */
export class Spread {
  /** Executions after which what came out is put together. */
  readonly round: number;
  readonly #strategy: string;
  readonly #rotation: Rotation;

  constructor(strategy: string, seed: number) {
    this.#strategy = strategy;
    this.#rotation = new Rotation(seed);
    this.round = { feedback: GENERATION, portfolio: PORTFOLIO_ROUND }[strategy] ?? OTHER_ROUND;
  }

  /** Do all executions follow from one another? Then one worker runs them all. */
  get isSequence(): boolean {
    return EXHAUSTIVE_STRATEGIES.includes(this.#strategy);
  }

  /** Is this strategy the one, or one of the portfolio's? */
  has(name: string): boolean {
    return this.#strategy === name || (this.#strategy === "portfolio" && name in SHARES);
  }

  /** Name of the strategy, of the portfolio or alone, that runs this execution. */
  strategyOf(index: number): string {
    return this.#strategy === "portfolio" ? this.#rotation.at(index).strategy : this.#strategy;
  }

  /** Who of so many must run this execution, for it follows from others that they ran; null: anybody. */
  ownerOf(index: number, jobs: number): number | null {
    const at = EXHAUSTIVE_STRATEGIES.indexOf(this.strategyOf(index));
    return at < 0 ? null : at % jobs;
  }
}
