import { kindOf, RELAX } from "../../../machine/step.ts";
import type { Engine, Thread } from "../engine.ts";
import { Rng } from "../rng.ts";
import type { Strategy } from "../strategy.ts";

/** Depths that are taken in turns if none is given: 1, 2, … and again. */
export const DEEPEST = 5;

/**
 * PCT (Burckhardt et al., ASPLOS 2010): threads have random priorities, the highest runs, and at d - 1 random moments the one that runs
 * is put behind all others. Finds a bug of depth d with probability at least 1 / (n k^(d-1)) in each execution, n threads and k
 * steps at which there is a choice.
 */
export class Pct implements Strategy {
  readonly name = "pct";
  readonly #seed: number;
  readonly #depth: number | null;
  readonly #choices: number;
  #rng = new Rng(0);
  /** By thread; a higher number runs first. */
  readonly #priority: number[] = [];
  /** Numbers of the choices at which the running thread is put back, ascending. */
  #changes: number[] = [];
  #choice = 0;
  /** Below all that were given so far. */
  #lowest = 0;

  /** @param depth null: 1, 2, 3, … in turns. @param choices k, as measured */
  constructor(options: { readonly seed: number; readonly depth: number | null; readonly choices: number }) {
    this.#seed = options.seed;
    this.#depth = options.depth;
    this.#choices = options.choices;
  }

  begin(index: number): boolean {
    this.#rng = new Rng(this.#seed, index);
    const depth = this.#depth ?? 1 + (index % DEEPEST);
    this.#priority.length = 0;
    this.#lowest = 0;
    this.#choice = 0;
    this.#changes = Array.from({ length: depth - 1 }, () => this.#rng.below(this.#choices) + 1).sort((a, b) => a - b);
    return true;
  }

  pick(engine: Engine): Thread {
    if (engine.enabled.length === 1) return engine.enabled[0];
    this.#choice++;
    while (this.#changes[0] === this.#choice) {
      this.#changes.shift();
      this.#putBack(this.#highest(engine));
    }
    return this.#highest(engine);
  }

  choose(percent: number): boolean {
    return this.#rng.percent(percent);
  }

  /** Who polls lets others go first, or nobody would ever bring what it polls for. */
  stepped({ lastThread, lastStep }: Engine): void {
    if (kindOf(lastStep) === RELAX) this.#putBack(lastThread!);
  }

  #highest({ enabled, threads }: Engine): Thread {
    while (this.#priority.length < threads.length) this.#priority.push(1 + this.#rng.unit());
    let best = enabled[0];
    for (const thread of enabled) if (this.#priority[thread.index] > this.#priority[best.index]) best = thread;
    return best;
  }

  #putBack({ index }: Thread): void {
    this.#priority[index] = --this.#lowest;
  }
}
