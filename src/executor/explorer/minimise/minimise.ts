import { partialOrderOf } from "../explain/partial_order.ts";
import { Replay } from "../replay/replay.ts";
import type { Schedule } from "../engine/recording.ts";
import type { Reproducer } from "../replay/reproduce.ts";
import { blocksOf, scheduleOf, switchesOf, type Block } from "./blocks.ts";
import { commute } from "./commute.ts";
import { SIMPLIFICATIONS, type Simplify } from "./simplifications.ts";
import { slice } from "./slice.ts";

/** The smallest schedule found that still fails in the same way. */
export interface Minimised {
  readonly schedule: Schedule;
  readonly switches: number;
  /** No single simplification of it fails any more; false if what might be spent was spent before. */
  readonly isMinimal: boolean;
}

/** What may be spent. */
export interface Budget {
  readonly executions: number;
  readonly steps: number;
}

/**
 * Make a failing schedule small: first fewest switches, then fewest steps. Greedy and deterministic; it ends when none of the
 * simplifications fails any more, or the budget is spent.
 */
export function minimise(reproducer: Reproducer, schedule: Schedule, budget: Budget): Minimised {
  return new Minimiser(reproducer, schedule, budget).run();
}

class Minimiser {
  readonly #reproducer: Reproducer;
  readonly #lastExecution: number;
  readonly #lastStep: number;
  #best: Schedule;
  #switches: number;

  constructor(reproducer: Reproducer, schedule: Schedule, { executions, steps }: Budget) {
    this.#reproducer = reproducer;
    this.#lastExecution = reproducer.executions + executions;
    this.#lastStep = reproducer.steps + steps;
    this.#best = schedule;
    this.#switches = switchesOf(schedule);
  }

  run(): Minimised {
    for (let isBetter = true; isBetter && !this.#isSpent;) {
      isBetter = this.#straighten();
      for (const simplify of SIMPLIFICATIONS) isBetter = this.#try(simplify) || isBetter;
    }
    return { schedule: this.#best, switches: this.#switches, isMinimal: !this.#isSpent };
  }

  get #isSpent(): boolean {
    return this.#reproducer.executions >= this.#lastExecution || this.#reproducer.steps >= this.#lastStep;
  }

  /** All places, from the last to the first, and the largest size first; what has become simpler is not gone through again. */
  #try(simplify: Simplify): boolean {
    let isBetter = false;
    for (let size = simplify.largest(this.#blocks); size >= 1; size >>= 1) {
      for (let at = this.#blocks.length - 1; at >= 0 && !this.#isSpent; at--) {
        const { length } = this.#blocks;
        if (at >= length) continue;
        const simpler = simplify.at(this.#blocks, at, size);
        if (simpler !== null && this.#accept(scheduleOf(simpler))) isBetter = true;
      }
    }
    return isBetter;
  }

  get #blocks(): Block[] {
    return blocksOf(this.#best);
  }

  /** Leave out what does not matter, exchange independent steps. */
  #straighten(): boolean {
    if (!this.#accept(this.#best) && !this.#reproducer.fails(new Replay(this.#best))) return false;
    if (this.#reproducer.isEndless) return false;
    let isBetter = false;
    for (const simpler of this.#reproducer.isAtEnd ? [commute] : [slice, commute]) {
      this.#reproducer.fails(new Replay(this.#best));
      const { recording } = this.#reproducer;
      if (this.#accept(simpler(recording, partialOrderOf(recording)))) isBetter = true;
    }
    return isBetter;
  }

  /**
   * Keep the execution as it comes about, if it is smaller and fails in the same way. Of one that goes on and on, the decisions
   * alone: what follows them is nobody's choice.
   */
  #accept(schedule: Schedule): boolean {
    if (!this.#reproducer.fails(new Replay(schedule))) return false;
    const taken = this.#reproducer.isEndless ? schedule : this.#reproducer.recording.schedule();
    const switches = switchesOf(taken);
    if (switches > this.#switches || (switches === this.#switches && taken.threads.length >= this.#best.threads.length))
      return false;
    this.#best = taken;
    this.#switches = switches;
    return true;
  }
}
