import { kindOf, RELAX } from "../../../machine/step.ts";
import type { EngineView, ThreadView } from "../engine/view.ts";
import { Rng } from "../engine/rng.ts";
import { QuietStrategy } from "../engine/quiet_strategy.ts";

/** Depths that are taken in turns if none is given: 1, 2, … and again. */
export const DEEPEST = 5;

/** Choices at a stretch in which a thread changed nothing: it seems to wait for somebody. */
const IDLE_STRETCH = 100;

/**
 * PCT (Burckhardt et al., ASPLOS 2010, section 3): threads have random priorities, all above d, and the highest runs. Of the k
 * steps at which there is a choice, d - 1 are change points, of priorities 1 to d - 1 in random order: the thread that runs there
 * falls to that one. Finds a bug of depth d with probability at least 1 / (n k^(d-1)) in each execution of n threads. Change
 * points differ from each other, which only adds to that.
 *
 * As the authors do, a thread that seems to get nowhere is put behind all others, or nobody would ever bring what it polls for.
 */
export class Pct extends QuietStrategy {
  readonly name = "pct";
  readonly #seed: number;
  readonly #depth: number | null;
  readonly #choices: number;
  #rng = new Rng(0);
  /** By thread; a higher number runs first. */
  readonly #priority: number[] = [];
  /** By number of the choice: the priority that the running thread falls to. */
  readonly #changes = new Map<number, number>();
  #choice = 0;
  /** Choices at a stretch in which the last thread changed nothing. */
  #idle = 0;
  /** Initial priorities are at least this. */
  #above = 0;
  /** Below all that were given so far. */
  #lowest = 0;

  /** @param depth null: 1, 2, 3, … in turns. @param choices k, as measured */
  constructor(options: { readonly seed: number; readonly depth: number | null; readonly choices: number }) {
    super();
    this.#seed = options.seed;
    this.#depth = options.depth;
    this.#choices = options.choices;
  }

  begin(index: number): boolean {
    this.#rng = new Rng(this.#seed, index);
    const depth = this.#depth ?? 1 + (index % DEEPEST);
    this.#priority.length = 0;
    this.#above = depth;
    this.#lowest = 0;
    this.#choice = 0;
    this.#idle = 0;
    this.#changes.clear();
    for (let priority = 1; priority <= Math.min(depth - 1, this.#choices); priority++)
      this.#changes.set(this.#newChange(), priority);
    return true;
  }

  pick(engine: EngineView): ThreadView {
    if (engine.enabled.length === 1) return engine.enabled[0];
    const priority = this.#changes.get(++this.#choice);
    if (priority !== undefined) this.#priority[this.#highest(engine).index] = priority;
    const thread = this.#highest(engine);
    this.#idle = thread === engine.lastThread && !engine.lastWrote ? this.#idle + 1 : 0;
    return thread;
  }

  choose(percent: number): boolean {
    return this.#rng.percent(percent);
  }

  override stepped({ lastThread, lastStep }: EngineView): void {
    if (kindOf(lastStep) !== RELAX && this.#idle < IDLE_STRETCH) return;
    this.#priority[lastThread!.index] = --this.#lowest;
    this.#idle = 0;
  }

  /** A choice at which no thread falls yet. */
  #newChange(): number {
    for (;;) {
      const choice = this.#rng.below(this.#choices) + 1;
      if (!this.#changes.has(choice)) return choice;
    }
  }

  #highest({ enabled, threads }: EngineView): ThreadView {
    while (this.#priority.length < threads.length) this.#priority.push(this.#above + this.#rng.unit());
    let best = enabled[0];
    for (const thread of enabled) if (this.#priority[thread.index] > this.#priority[best.index]) best = thread;
    return best;
  }
}
