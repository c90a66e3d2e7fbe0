import type { Engine, Thread } from "../engine/engine.ts";
import { Rng } from "../engine/rng.ts";
import type { Strategy } from "../engine/strategy.ts";

/** Uniform random walk: each step drawn from those who can take one. No guarantee; the yardstick of all others. */
export class RandomWalk implements Strategy {
  readonly name = "random";
  readonly #seed: number;
  #rng: Rng;

  constructor(seed: number) {
    this.#seed = seed;
    this.#rng = new Rng(seed);
  }

  begin(index: number): boolean {
    this.#rng = new Rng(this.#seed, index);
    return true;
  }

  pick(engine: Engine): Thread {
    const { enabled } = engine;
    return enabled[this.#rng.below(enabled.length)];
  }

  choose(percent: number): boolean {
    return this.#rng.percent(percent);
  }
}
