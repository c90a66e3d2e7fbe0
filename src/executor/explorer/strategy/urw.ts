import type { EngineView, ThreadView } from "../engine/view.ts";
import { Rng } from "../engine/rng.ts";
import { QuietStrategy } from "../engine/quiet_strategy.ts";
import type { Profile } from "./profile.ts";
import { Remaining } from "./remaining.ts";

/**
 * Uniform random walk over interleavings (Zhao et al., ASPLOS 2025): a thread is drawn in proportion to the steps that it still
 * has before it. If those are known and nobody ever waits, every interleaving is as likely as any other.
 */
export class Urw extends QuietStrategy {
  readonly name = "urw";
  readonly #seed: number;
  readonly #remaining: Remaining;
  #rng = new Rng(0);

  constructor(seed: number, { tasks }: Profile) {
    super();
    this.#seed = seed;
    const steps = new Map([...tasks].map(([name, task]) => [name, task.steps]));
    this.#remaining = new Remaining(steps, new Map([...tasks].map(([name, { parent }]) => [name, parent])));
  }

  begin(index: number): boolean {
    this.#rng = new Rng(this.#seed, index);
    this.#remaining.begin();
    return true;
  }

  pick({ enabled }: EngineView): ThreadView {
    let total = 0;
    for (const thread of enabled) total += this.#weightOf(thread);
    let at = this.#rng.below(total);
    for (const thread of enabled) {
      at -= this.#weightOf(thread);
      if (at < 0) return thread;
    }
    return enabled[0];
  }

  choose(percent: number): boolean {
    return this.#rng.percent(percent);
  }

  override stepped(engine: EngineView): void {
    this.#remaining.happened(engine.lastThread!);
    this.#remaining.spawned(engine);
  }

  /** Who has more before it than the profile knows must get its turn, too. */
  #weightOf(thread: ThreadView): number {
    return Math.max(1, this.#remaining.of(thread));
  }
}
