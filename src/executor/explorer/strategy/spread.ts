import { EXHAUSTIVE_STRATEGIES, strategyKind } from "./catalogue.ts";
import type { StrategyKind, StrategySpec } from "./kind.ts";
import { Rotation } from "./portfolio.ts";

/** Executions of a strategy that does not learn between two looks at what came out. */
const ROUND = 512;

/** How the executions of a strategy may be spread. */
export class Spread {
  /** Executions after which what came out is put together. */
  readonly round: number;
  /** Do all executions follow from one another? Then one worker runs them all. */
  readonly isSequence: boolean;
  /** The strategies, of a portfolio or alone, that run executions. */
  readonly strategies: readonly StrategyKind[];
  readonly #strategy: string;
  /** Null unless it is many strategies by turns. */
  readonly #rotation: Rotation | null;

  constructor({ name, seed }: StrategySpec) {
    const kind = strategyKind(name);
    const { round, isExhaustive, parts } = kind;
    this.round = round ?? ROUND;
    this.isSequence = isExhaustive;
    this.#strategy = name;
    this.#rotation = parts === undefined ? null : new Rotation(seed, parts);
    this.strategies = parts?.map((part) => strategyKind(part.name)) ?? [kind];
  }

  /** Name of the strategy, of the portfolio or alone, that runs this execution. */
  strategyOf(index: number): string {
    return this.#rotation?.at(index).strategy ?? this.#strategy;
  }

  /** Who of so many must run this execution, for it follows from others that they ran; null: anybody. */
  ownerOf(index: number, jobs: number): number | null {
    const at = EXHAUSTIVE_STRATEGIES.indexOf(this.strategyOf(index));
    return at < 0 ? null : at % jobs;
  }
}
