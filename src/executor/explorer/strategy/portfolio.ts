import { Rng } from "../engine/rng.ts";
import type { Strategy } from "../engine/strategy.ts";
import { StrategyDecorator } from "../engine/strategy_decorator.ts";
import { GENERATION, type Feedback } from "./feedback/feedback.ts";

/** Who gets how many of sixteen executions: samplers most; the exhaustive ones finish what is small. */
export const SHARES: Readonly<Record<string, number>> = {
  feedback: 4,
  pos: 3,
  pct: 2,
  surw: 2,
  urw: 1,
  random: 1,
  delay: 1,
  preemption: 1,
  dpor: 1,
};

/** Executions of the portfolio while feedback has one generation. */
export const PORTFOLIO_ROUND = (GENERATION / SHARES.feedback) * Object.values(SHARES).reduce((sum, share) => sum + share);

/** Number of the first random walk in place of an exhaustive strategy that has ended without having seen everything. */
const FAR = 2 ** 31;

/** Execution `turn` (0, 1, …) of that strategy. */
export interface Turn {
  readonly strategy: string;
  readonly turn: number;
}

/** Whose turn it is: the same sixteen again and again, in an order that the seed decides. */
export class Rotation {
  readonly #slots: readonly Turn[];

  constructor(seed: number) {
    const rng = new Rng(seed);
    const names = Object.entries(SHARES).flatMap(([name, share]) =>
      Array.from({ length: share }, () => ({ name, rank: rng.unit() })),
    );
    const met: Record<string, number> = {};
    this.#slots = names
      .toSorted((a, b) => a.rank - b.rank)
      .map(({ name }) => {
        met[name] = (met[name] ?? 0) + 1;
        return { strategy: name, turn: met[name] - 1 };
      });
  }

  at(index: number): Turn {
    const { strategy, turn } = this.#slots[index % this.#slots.length];
    return { strategy, turn: Math.floor(index / this.#slots.length) * SHARES[strategy] + turn };
  }
}

/**
 * Many strategies by turns: no single one finds every kind of bug. An execution is given by seed and number, whoever runs the
 * others, except that the exhaustive ones need to be asked for all of theirs, one after the other. If one of those has explored
 * everything, so has the portfolio.
 */
export class Portfolio extends StrategyDecorator {
  /** The one that has its turn. */
  protected inner: Strategy;
  readonly #rotation: Rotation;
  readonly #create: (name: string) => Strategy;
  readonly #created = new Map<string, Strategy>();

  /** @param create makes one of the strategies when it has its first turn */
  constructor(seed: number, create: (name: string) => Strategy) {
    super();
    this.#rotation = new Rotation(seed);
    this.#create = create;
    this.inner = this.#strategy("random");
  }

  /** If there is nothing left, then one of its strategies has seen everything. */
  override get isComplete(): boolean {
    return true;
  }

  /** The one that learns. */
  get feedback(): Feedback {
    return this.#strategy("feedback") as Feedback;
  }

  override begin(index: number): boolean {
    const { strategy, turn } = this.#rotation.at(index);
    this.inner = this.#strategy(strategy);
    if (this.inner.begin(turn)) return true;
    if (this.inner.isComplete) return false;
    this.inner = this.#strategy("random");
    return this.inner.begin(FAR + index);
  }

  #strategy(name: string): Strategy {
    let strategy = this.#created.get(name);
    if (strategy === undefined) {
      strategy = this.#create(name);
      this.#created.set(name, strategy);
    }
    return strategy;
  }
}
