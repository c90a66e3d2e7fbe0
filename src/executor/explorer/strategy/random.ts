import type { EngineView, ThreadView } from "../engine/view.ts";
import { Rng } from "../engine/rng.ts";
import { QuietStrategy } from "../engine/quiet_strategy.ts";

/** Uniform random walk: each step drawn from those who can take one. No guarantee; the yardstick of all others. */
export class RandomWalk extends QuietStrategy {
  readonly name = "random";
  readonly #seed: number;
  #rng: Rng;

  constructor(seed: number) {
    super();
    this.#seed = seed;
    this.#rng = new Rng(seed);
  }

  begin(index: number): boolean {
    this.#rng = new Rng(this.#seed, index);
    return true;
  }

  pick(engine: EngineView): ThreadView {
    const { enabled } = engine;
    return enabled[this.#rng.below(enabled.length)];
  }

  choose(percent: number): boolean {
    return this.#rng.percent(percent);
  }
}
