import type { EngineView, ThreadView } from "../../engine/view.ts";
import { mix, Rng } from "../../engine/rng.ts";
import { QuietStrategy } from "../../engine/quiet_strategy.ts";
import { mutate, type Parent } from "./mutate.ts";
import { OrderCoverage } from "./order_coverage.ts";
import type { Learner } from "../learner.ts";
import { Pos } from "../pos.ts";

/** An execution that showed orders of dependent steps not met before its generation. Plain data: it crosses threads. */
export interface Discovery extends Parent {
  /** Number of the execution. */
  readonly index: number;
  readonly orders: readonly number[];
}

/** Executions during which what is known stands still. */
export const GENERATION = 32;
/** Executions left to POS alone, in percent: what no mutation leads to. */
const PURE_PERCENT = 25;
/** Chance is asked again instead of answering what the parent was answered, in percent. */
const ANSWER_ANEW_PERCENT = 10;
/** Schedules kept; the oldest go first. */
const CORPUS = 256;

/**
 * Mutates schedules that showed an order of dependent steps not met before. What is known stands still during a generation:
 * within it an execution depends on seed and number alone, so that a generation can be spread over processes.
 */
export class Feedback extends QuietStrategy implements Learner {
  readonly name = "feedback";
  readonly #seed: number;
  readonly #coverage: OrderCoverage;
  readonly #corpus: Parent[] = [];
  /** Goes on where a plan ends. */
  readonly #sampler: Pos;
  #generation = 0;
  #discoveries: Discovery[] = [];
  #rng: Rng;
  #index = 0;
  /** To be followed as far as it goes. */
  #plan: number[] = [];
  #next = 0;
  #plannedAnswer: number | null = null;
  /** What was done. */
  #decisions: number[] = [];

  /** @param words size of the memory */
  constructor(seed: number, words: number) {
    super();
    this.#seed = seed;
    this.#rng = new Rng(seed);
    this.#sampler = new Pos(mix(seed)); // not what POS itself would draw with this seed
    this.#coverage = new OrderCoverage(words);
  }

  begin(index: number): boolean {
    const generation = Math.floor(index / GENERATION);
    if (generation > this.#generation) this.learn(this.harvest(), generation);
    this.#index = index;
    this.#rng = new Rng(this.#seed, index);
    this.#sampler.begin(index);
    this.#plan = this.#corpus.length === 0 || this.#rng.percent(PURE_PERCENT) ? [] : mutate(this.#corpus, this.#rng);
    this.#next = 0;
    this.#decisions = [];
    this.#coverage.begin();
    return true;
  }

  pick(engine: EngineView): ThreadView {
    while (this.#next < this.#plan.length) {
      const decision = this.#plan[this.#next++];
      const thread = engine.threads[decision >> 1];
      if (thread === undefined || thread.place < 0) continue; // it cannot run here
      this.#plannedAnswer = decision & 1;
      return thread;
    }
    this.#plannedAnswer = null;
    return this.#sampler.pick(engine);
  }

  choose(percent: number): boolean {
    if (this.#plannedAnswer === null || this.#rng.percent(ANSWER_ANEW_PERCENT)) return this.#rng.percent(percent);
    return this.#plannedAnswer === 1 && percent > 0;
  }

  override stepped(engine: EngineView): void {
    this.#coverage.add(engine, this.#decisions.length);
    this.#decisions.push(engine.lastThread!.index * 2 + engine.lastAnswer);
  }

  override end(): void {
    const { fresh, races } = this.#coverage;
    if (fresh.size > 0)
      this.#discoveries.push({ index: this.#index, decisions: this.#decisions, races: [...races], orders: [...fresh] });
  }

  /** What this generation has shown so far here, without what shows nothing that another one did not show before it. */
  harvest(): Discovery[] {
    const harvest = novel(this.#discoveries, new Set());
    this.#discoveries = [];
    return harvest;
  }

  /** Begin a generation that knows what was discovered in the former one, wherever that was. */
  learn(discoveries: readonly Discovery[], generation: number): void {
    this.#corpus.push(...novel(discoveries, this.#coverage.known));
    this.#corpus.splice(0, this.#corpus.length - CORPUS);
    this.#generation = generation;
  }
}

/** Those that add something to what is known, to which it is added. */
function novel(discoveries: readonly Discovery[], known: Set<number>): Discovery[] {
  return discoveries
    .toSorted((a, b) => a.index - b.index)
    .filter(({ orders }) => {
      const before = known.size;
      for (const order of orders) known.add(order);
      return known.size > before;
    });
}
