import { QuietStrategy } from "../engine/quiet_strategy.ts";
import type { EngineView, ThreadView } from "../engine/view.ts";
import { estimateSize, type SizeEstimate } from "../measure/size_estimate.ts";
import { parseCheckpoint } from "./checkpoint.ts";
import type { Exhaustive } from "./exhaustive.ts";
import { TreePath, type TreePathState } from "./tree_path.ts";

/**
 * What a scheduler that departs from its habit pays. The habit: let the current thread go on; when it cannot, the next one that
 * can, round-robin. Option 0 is the habit, options 1, 2, … the further threads that can run, in that order.
 */
export interface Tariff {
  /** How many of these options can be afforded; the cheapest come first, and option 0 is free. */
  affordable(options: number, currentCanRun: boolean, budget: number): number;
  price(option: number, currentCanRun: boolean): number;
}

/** All interleavings that cost at most a bound, both answers of chance included, depth first and in the order of the options. */
export class Enumeration extends QuietStrategy implements Exhaustive {
  readonly name: string;
  override isComplete = true;
  /** What may be spent in one execution. */
  bound: number;
  readonly #tariff: Tariff;
  readonly #isFixed: boolean;
  readonly #path = new TreePath();
  /** Executions with smaller bounds. */
  #before = 0;
  /** With this bound, something could not be afforded. */
  #isBounded = false;
  #spent = 0;
  #current = 0;
  #steps = 0;

  /** @param bound null: 0, 1, 2, … one after the other, each from the start, until nothing is left out */
  constructor(name: string, tariff: Tariff, bound: number | null) {
    super();
    this.name = name;
    this.#tariff = tariff;
    this.#isFixed = bound !== null;
    this.bound = bound ?? 0;
  }

  get executions(): number {
    return this.#before + this.#path.leaves;
  }

  begin(): boolean {
    this.#spent = this.#current = this.#steps = 0;
    if (this.#path.next()) return true;
    if (this.#isFixed || !this.#isBounded) return false;
    this.#before += this.#path.leaves;
    this.#path.clear();
    this.bound++;
    this.#isBounded = false;
    return this.#path.next();
  }

  pick(engine: EngineView): ThreadView {
    const { enabled, threads } = engine;
    const current = threads[this.#current];
    const currentCanRun = engine.steps > 0 && current.place >= 0;
    const affordable = this.#tariff.affordable(enabled.length, currentCanRun, this.bound - this.#spent);
    if (affordable < enabled.length) this.#isBounded = true;
    const option = this.#path.decide(affordable);
    this.#spent += this.#tariff.price(option, currentCanRun);
    const thread = nextInTurn(enabled, this.#current, threads.length, option);
    this.#current = thread.index;
    this.#steps++;
    return thread;
  }

  choose(percent: number): boolean {
    return percent >= 100 || (percent > 0 && this.#path.decide(2) === 1);
  }

  override end(engine: EngineView): void {
    if (engine.steps > this.#steps) this.isComplete = false;
  }

  estimate(): SizeEstimate | null {
    if (!this.#isFixed && this.#isBounded) return null;
    const { executions } = estimateSize(this.#path.branchings(), this.#path.leaves, 1);
    return { executions: this.#before + executions, done: Math.min(1, this.executions / (this.#before + executions)) };
  }

  checkpoint(): string {
    const state: EnumerationState = {
      strategy: this.name,
      bound: Number.isFinite(this.bound) ? this.bound : null,
      before: this.#before,
      isBounded: this.#isBounded,
      isComplete: this.isComplete,
      path: this.#path.toJSON(),
    };
    return JSON.stringify(state);
  }

  resume(text: string): void {
    const state = parseCheckpoint<EnumerationState>(text, this.name);
    this.bound = state.bound ?? Infinity;
    this.#before = state.before;
    this.#isBounded = state.isBounded;
    this.isComplete = state.isComplete;
    this.#path.restore(state.path);
  }
}

interface EnumerationState {
  readonly strategy: string;
  readonly bound: number | null;
  readonly before: number;
  readonly isBounded: boolean;
  readonly isComplete: boolean;
  readonly path: TreePathState;
}

/** The thread that comes `rank` places after the first one in turn, starting with thread `current`. */
function nextInTurn(enabled: readonly ThreadView[], current: number, threads: number, rank: number): ThreadView {
  let last = -1;
  for (;;) {
    let next: ThreadView | null = null;
    let nextTurn = threads;
    for (const thread of enabled) {
      const turn = (thread.index - current + threads) % threads;
      if (turn <= last || turn >= nextTurn) continue;
      next = thread;
      nextTurn = turn;
    }
    if (rank-- === 0) return next!;
    last = nextTurn;
  }
}
