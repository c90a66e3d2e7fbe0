import { addrOf, kindOf, RELAX } from "../../../machine/step.ts";
import { hasAddress } from "../engine/dependence.ts";
import type { EngineView, ThreadView } from "../engine/view.ts";
import { Rng } from "../engine/rng.ts";
import { QuietStrategy } from "../engine/quiet_strategy.ts";
import type { Profile, SharedWord } from "./profile.ts";
import { Remaining } from "./remaining.ts";

/**
 * Selectively uniform random walk (Zhao et al., ASPLOS 2025). Each execution picks one shared word, the more accessed the
 * likelier, and draws uniformly among the orders of the accesses to it: the thread that is to make the next one is drawn in
 * proportion to how many it still has before it, and whoever comes to its own access first has to wait. Everything else goes by
 * random priorities.
 *
 * Where counts are wrong or threads wait for each other: a thread that stands before an access has at least that one before it,
 * and if the drawn thread cannot come to its access, one is drawn from those that can go on.
 */
export class Surw extends QuietStrategy {
  readonly name = "surw";
  readonly #seed: number;
  readonly #words: readonly { readonly word: SharedWord; readonly remaining: Remaining }[];
  readonly #accesses: number;
  #rng = new Rng(0);
  #addr = 0;
  #remaining: Remaining | null = null;
  /** Who is to make the next access to the word. */
  #intended: ThreadView | null = null;
  /** By thread, for all other steps. */
  readonly #priority: number[] = [];

  constructor(seed: number, { tasks, shared }: Profile) {
    super();
    this.#seed = seed;
    const parents = new Map([...tasks].map(([name, { parent }]) => [name, parent]));
    this.#words = shared.map((word) => ({ word, remaining: new Remaining(word.byTask, parents) }));
    this.#accesses = shared.reduce((sum, { accesses }) => sum + accesses, 0);
  }

  begin(index: number): boolean {
    this.#rng = new Rng(this.#seed, index);
    this.#priority.length = 0;
    this.#intended = null;
    this.#select();
    return true;
  }

  pick(engine: EngineView): ThreadView {
    if (this.#remaining === null) return this.#rng.pick(engine.enabled);
    if (this.#intended === null || this.#intended.state === "done") this.#intended = this.#drawIntended(engine.threads);
    let best: ThreadView | null = null;
    for (const thread of engine.enabled) {
      if (thread !== this.#intended && this.#isSelected(thread.next)) continue;
      if (best === null || this.#priorityOf(thread) > this.#priorityOf(best)) best = thread;
    }
    // if nobody else can go on, the intended one waits for somebody who stands before the word
    return best ?? (this.#intended = this.#drawIntended(engine.enabled)!);
  }

  choose(percent: number): boolean {
    return this.#rng.percent(percent);
  }

  override stepped(engine: EngineView): void {
    const thread = engine.lastThread!;
    if (this.#remaining === null) return;
    this.#priority[thread.index] = this.#rng.unit();
    this.#remaining.spawned(engine);
    if (this.#isSelected(engine.lastStep)) {
      this.#remaining.happened(thread);
      this.#intended = null;
    } else if (thread === this.#intended && engine.released.some(({ parent }) => parent === thread)) {
      this.#intended = this.#drawIntended([thread, ...engine.released]);
    } else if (thread === this.#intended && kindOf(engine.lastStep) === RELAX) {
      this.#intended = null; // it polls, maybe for what somebody brings who stands before the word
    }
  }

  #select(): void {
    this.#remaining = null;
    let at = this.#rng.below(this.#accesses);
    for (const { word, remaining } of this.#words) {
      at -= word.accesses;
      if (at >= 0) continue;
      this.#addr = word.addr;
      this.#remaining = remaining;
      remaining.begin();
      return;
    }
  }

  #isSelected(step: number): boolean {
    return addrOf(step) === this.#addr && hasAddress(step);
  }

  /** In proportion to what they have before them; null if nobody is known to have anything. */
  #drawIntended(threads: readonly ThreadView[]): ThreadView | null {
    let total = 0;
    for (const thread of threads) total += this.#weightOf(thread);
    let at = this.#rng.below(total);
    for (const thread of threads) {
      at -= this.#weightOf(thread);
      if (at < 0) return thread;
    }
    return null;
  }

  #weightOf(thread: ThreadView): number {
    if (thread.state === "done") return 0;
    const isBefore = this.#isSelected(thread.next) && thread.state !== "waiting";
    return Math.max(isBefore ? 1 : 0, this.#remaining!.of(thread));
  }

  #priorityOf({ index }: ThreadView): number {
    return (this.#priority[index] ??= this.#rng.unit());
  }
}
