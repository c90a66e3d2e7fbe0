import { ACQUIRE, addrOf, kindOf, READ, READ_ONCE } from "../../../machine/step.ts";
import { hasAddress } from "../engine/dependence.ts";
import type { EngineView, ThreadView } from "../engine/view.ts";
import { Rng } from "../engine/rng.ts";
import { QuietStrategy } from "../engine/quiet_strategy.ts";

/**
 * Partial order sampling (Yuan et al., CAV 2018): every pending step has a random priority, the highest is taken, and those that
 * race with it draw anew. Orders of independent steps take nothing away from orders that matter.
 */
export class Pos extends QuietStrategy {
  readonly name = "pos";
  readonly #seed: number;
  #rng = new Rng(0);
  /** By thread: priority of its next step; -1 to be drawn. */
  readonly #priority: number[] = [];

  constructor(seed: number) {
    super();
    this.#seed = seed;
  }

  begin(index: number): boolean {
    this.#rng = new Rng(this.#seed, index);
    this.#priority.length = 0;
    return true;
  }

  pick({ enabled }: EngineView): ThreadView {
    let best = enabled[0];
    let highest = -1;
    for (const thread of enabled) {
      const priority = this.#of(thread.index);
      if (priority > highest) [best, highest] = [thread, priority];
    }
    this.#redraw(best, enabled);
    return best;
  }

  choose(percent: number): boolean {
    return this.#rng.percent(percent);
  }

  #of(index: number): number {
    while (this.#priority.length <= index) this.#priority.push(-1);
    if (this.#priority[index] < 0) this.#priority[index] = this.#rng.unit();
    return this.#priority[index];
  }

  #redraw(taken: ThreadView, enabled: readonly ThreadView[]): void {
    this.#priority[taken.index] = -1;
    if (!hasAddress(taken.next)) return;
    for (const { index, next } of enabled) if (areRacing(taken.next, next)) this.#priority[index] = -1;
  }
}

/** Judged before they are taken: by what they may do. */
function areRacing(a: number, b: number): boolean {
  return addrOf(a) === addrOf(b) && hasAddress(b) && (mayWrite(a) || mayWrite(b));
}

function mayWrite(step: number): boolean {
  const kind = kindOf(step);
  return kind !== READ && kind !== READ_ONCE && kind !== ACQUIRE;
}
