import type { Strategy } from "../engine/strategy.ts";
import type { Subject } from "../engine/subject.ts";
import { DelayBound } from "./delay_bound.ts";
import { Dfs } from "./dfs.ts";
import { BoundedDpor } from "./dpor/bounded_dpor.ts";
import { Dpor } from "./dpor/dpor.ts";
import { Feedback, GENERATION } from "./feedback/feedback.ts";
import type { StrategyKind, StrategySpec } from "./kind.ts";
import { Pct } from "./pct.ts";
import { Portfolio, type Part } from "./portfolio.ts";
import { Pos } from "./pos.ts";
import { PreemptionBound } from "./preemption_bound.ts";
import { profileOf, type Profile } from "./profile.ts";
import { RandomWalk } from "./random.ts";
import { Surw } from "./surw.ts";
import { Urw } from "./urw.ts";

const SAMPLING = { isExhaustive: false, isStateful: false } as const;
const LEARNING = { isExhaustive: false, isStateful: true } as const;
const ENUMERATING = { isExhaustive: true, isStateful: true } as const;

/** Samplers have most of the portfolio; the exhaustive ones finish what is small. */
const SINGLE: readonly StrategyKind[] = [
  {
    ...LEARNING,
    name: "feedback",
    summary: "mutates schedules that showed orders not seen before",
    share: 4,
    round: GENERATION,
    create: ({ seed }, { words }) => new Feedback(seed, words.length),
  },
  {
    ...SAMPLING,
    name: "pos",
    summary: "a random priority for each event, drawn anew where events race (Yuan 2018)",
    share: 3,
    create: ({ seed }) => new Pos(seed),
  },
  {
    ...SAMPLING,
    name: "pct",
    summary: "random priorities that change at d - 1 random steps (Burckhardt 2010)",
    share: 2,
    bound: "depth",
    create: ({ seed, depth = null }, _subject, profile) => new Pct({ seed, depth, choices: profile().choices }),
  },
  {
    ...SAMPLING,
    name: "surw",
    summary: "uniform over the orders of one interesting word's accesses (Zhao 2025)",
    share: 2,
    create: ({ seed }, _subject, profile) => new Surw(seed, profile()),
  },
  {
    ...SAMPLING,
    name: "urw",
    summary: "uniform over interleavings: by the number of steps that are left (Zhao 2025)",
    share: 1,
    create: ({ seed }, _subject, profile) => new Urw(seed, profile()),
  },
  {
    ...SAMPLING,
    name: "random",
    summary: "everybody who can run is equally likely to",
    share: 1,
    create: ({ seed }) => new RandomWalk(seed),
  },
  {
    ...ENUMERATING,
    name: "delay",
    summary: "one fixed scheduler, delayed at most c times: 0, 1, 2, ...",
    share: 1,
    bound: "delay",
    create: ({ preemptions = null }) => new DelayBound(preemptions),
  },
  {
    ...ENUMERATING,
    name: "preemption",
    summary: "all schedules with at most c preemptions: 0, 1, 2, ...",
    share: 1,
    bound: "preemption",
    create: ({ preemptions = null }) => new PreemptionBound(preemptions),
  },
  {
    ...ENUMERATING,
    name: "dpor",
    summary: "one execution of each class of equivalent ones: complete",
    share: 1,
    bound: "preemption",
    create: ({ preemptions = null }, { words }) =>
      preemptions === null ? new Dpor(words.length) : new BoundedDpor(words.length, preemptions),
  },
  {
    ...ENUMERATING,
    name: "dfs",
    summary: "every schedule, one after the other: complete, for the smallest only",
    create: () => new Dfs(),
  },
];

/** What the portfolio consists of, and who gets how many of sixteen executions. */
const PARTS: readonly Part[] = SINGLE.flatMap(({ name, share }) => (share === undefined ? [] : { name, share }));

const PORTFOLIO: StrategyKind = {
  ...LEARNING,
  name: "portfolio",
  summary: "all sampling ones and the bounded ones in turns, and feedback",
  parts: PARTS,
  round: roundOfPortfolio(),
  create: (spec, subject, profile) =>
    new Portfolio(spec.seed, PARTS, (name) => createStrategy({ ...spec, name, preemptions: null }, subject, profile)),
};

/** Executions of the portfolio while feedback has one generation. */
function roundOfPortfolio(): number {
  const { share: learning } = PARTS.find(({ name }) => name === "feedback")!;
  return (GENERATION / learning) * PARTS.reduce((sum, { share }) => sum + share, 0);
}

export const STRATEGIES: readonly StrategyKind[] = [PORTFOLIO, ...SINGLE];

/** As in `--strategy`. */
export const STRATEGY_NAMES: readonly string[] = STRATEGIES.map(({ name }) => name);

/** Those that have checkpoints, and come to an end. */
export const EXHAUSTIVE_STRATEGIES: readonly string[] = STRATEGIES.filter(({ isExhaustive }) => isExhaustive).map(
  ({ name }) => name,
);

/** @throws RangeError if there is no such strategy */
export function strategyKind(name: string): StrategyKind {
  const kind = STRATEGIES.find((one) => one.name === name);
  if (kind === undefined) throw new RangeError(`no strategy ${name}; there are ${STRATEGY_NAMES.join(", ")}`);
  return kind;
}

/**
 * The strategy, for this subject.
 *
 * @param profile of the subject, for strategies that need one; made by running it a few times
 * @throws RangeError if there is no strategy of that name
 */
export function createStrategy(spec: StrategySpec, subject: Subject, profile = profiler(subject, spec.seed)): Strategy {
  return strategyKind(spec.name).create(spec, subject, profile);
}

/** Makes the profile of a subject when it is first wanted. */
export function profiler(subject: Subject, seed: number): () => Profile {
  let profile: Profile | null = null;
  return () => (profile ??= profileOf(subject, seed));
}
