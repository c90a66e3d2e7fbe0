import { Rng } from "../engine/rng.ts";
import type { Strategy } from "../engine/strategy.ts";
import { StrategyDecorator } from "../engine/strategy_decorator.ts";
import type { Discovery } from "./feedback/feedback.ts";
import type { Learner } from "./learner.ts";

/** A strategy of the portfolio, and how many executions of each turn of all it has. */
export interface Part {
  readonly name: string;
  readonly share: number;
}

/** Number of the first random walk in place of an exhaustive strategy that has ended without having seen everything. */
const FAR = 2 ** 31;

/** Execution `turn` (0, 1, …) of that strategy. */
export interface Turn {
  readonly strategy: string;
  readonly turn: number;
}

/** Whose turn it is: the same parts again and again, in an order that the seed decides. */
export class Rotation {
  readonly #slots: readonly (Turn & Pick<Part, "share">)[];

  constructor(seed: number, parts: readonly Part[]) {
    const rng = new Rng(seed);
    this.#slots = parts
      .flatMap(({ name, share }) => Array.from({ length: share }, () => ({ strategy: name, share, rank: rng.unit() })))
      .toSorted((a, b) => a.rank - b.rank)
      .map(({ strategy, share }, slot, all) => {
        const turn = all.slice(0, slot).filter((other) => other.strategy === strategy).length;
        return { strategy, share, turn };
      });
  }

  at(index: number): Turn {
    const { strategy, share, turn } = this.#slots[index % this.#slots.length];
    return { strategy, turn: Math.floor(index / this.#slots.length) * share + turn };
  }
}

/**
 * Many strategies by turns: no single one finds every kind of bug. An execution is given by seed and number, whoever runs the
 * others, except that the exhaustive ones need to be asked for all of theirs, one after the other. If one of those has explored
 * everything, so has the portfolio.
 */
export class Portfolio extends StrategyDecorator implements Learner {
  /** The one that has its turn. */
  protected inner: Strategy;
  readonly #rotation: Rotation;
  readonly #create: (name: string) => Strategy;
  readonly #created = new Map<string, Strategy>();

  /** @param create makes one of the strategies when it has its first turn */
  constructor(seed: number, parts: readonly Part[], create: (name: string) => Strategy) {
    super();
    this.#rotation = new Rotation(seed, parts);
    this.#create = create;
    this.inner = this.#strategy("random");
  }

  /** If there is nothing left, then one of its strategies has seen everything. */
  override get isComplete(): boolean {
    return true;
  }

  override begin(index: number): boolean {
    const { strategy, turn } = this.#rotation.at(index);
    this.inner = this.#strategy(strategy);
    if (this.inner.begin(turn)) return true;
    if (this.inner.isComplete) return false;
    this.inner = this.#strategy("random");
    return this.inner.begin(FAR + index);
  }

  learn(discoveries: readonly Discovery[], round: number): void {
    this.#learner.learn(discoveries, round);
  }

  harvest(): readonly Discovery[] {
    return this.#learner.harvest();
  }

  get #learner(): Learner {
    return this.#strategy("feedback") as Learner;
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
