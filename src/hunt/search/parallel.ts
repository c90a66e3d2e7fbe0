import type { Found } from "../../executor/explorer/engine/explore.ts";
import type { SizeEstimate } from "../../executor/explorer/measure/size_estimate.ts";
import { Statistics, type StatisticsState } from "../../executor/explorer/measure/statistics.ts";
import { Spread } from "../../executor/explorer/strategy/spread.ts";
import type { Discovery } from "../../executor/explorer/strategy/feedback/feedback.ts";
import {
  LIMIT,
  NEXT,
  type Assignment,
  type Search,
  type NumberedNondeterminism,
  type PctSize,
  type ResumeTask,
  type RoundResult,
  type RoundTask,
} from "./round.ts";
import type { Workers } from "./workers.ts";

/** Execution numbers fit a signed word. */
const NO_LIMIT = 0x7fff_ffff;

/** How far a hunt by an exhaustive strategy is. Plain data. */
export interface ParallelHuntState {
  readonly statistics: StatisticsState;
  readonly isEnded: boolean;
  readonly exhaustive: boolean;
  /** What is left to explore: see Exhaustive.checkpoint. */
  readonly checkpoint: string;
}

/**
 * A hunt spread over workers, round by round, up to its first failure. What comes out depends on the search and the number of
 * executions alone, not on the number of workers: all executions up to the first failing one are run, and those beyond it that
 * some worker had already run are forgotten.
 */
export class ParallelHunt {
  readonly statistics = new Statistics();
  /** Executions by the strategy, of a portfolio's or alone, that ran them. */
  readonly runs = new Map<string, number>();
  /** The failure in the execution with the lowest number. */
  found: Found | null = null;
  /** The execution with the lowest number that was not the same when it was repeated. */
  nondeterminism: NumberedNondeterminism | null = null;
  /** Everything was explored. */
  exhaustive = false;
  /** How much there is to explore, for strategies that know. */
  estimate: SizeEstimate | null = null;

  /** PCT's n and k, if it has a part in this and something was run. */
  size: PctSize | null = null;

  readonly #id: number;
  readonly #search: Search;
  readonly #workers: Workers;
  readonly #spread: Spread;
  /** Workers that take part: all, or the one that runs what cannot be spread. */
  readonly #team: readonly number[];
  readonly #board = new Int32Array(new SharedArrayBuffer(8));
  #next = 0;
  /** Executions were run that have not been put together. */
  #isAhead = false;
  /** Nothing is left to explore. */
  #isEnded = false;
  #discoveries: readonly Discovery[] = [];

  /**
   * @param id unique among the hunts of these workers, from 0: hunts that have a worker of their own get one after the other
   * @param isSpread not if the hunt is too short to be worth what each worker makes of it first, as whatever cannot be spread
   */
  constructor(id: number, search: Search, workers: Workers, isSpread: boolean) {
    this.#id = id;
    this.#search = search;
    this.#workers = workers;
    this.#spread = new Spread(search.strategy);
    this.#team =
      !isSpread || this.#spread.isSequence ? [id % workers.jobs] : Array.from({ length: workers.jobs }, (_, worker) => worker);
    this.#board[LIMIT] = NO_LIMIT;
  }

  /** A failure was found, or nothing is left. */
  get isOver(): boolean {
    return this.found !== null || this.#isEnded;
  }

  /** Can another one go on where it is? Not after a failure, nor before it has begun. */
  get isResumable(): boolean {
    return this.#next > 0 && !this.#isAhead && this.found === null;
  }

  /** How far it is; if it is resumable, and only with an exhaustive strategy. */
  async state(): Promise<ParallelHuntState> {
    const task: Assignment = { id: this.#id, search: this.#search };
    const checkpoint = await this.#workers.run<string>(this.#team[0], "checkpointRounds", task);
    return { statistics: this.statistics.toJSON(), isEnded: this.#isEnded, exhaustive: this.exhaustive, checkpoint };
  }

  /** Go on where another one stopped; before the first round. */
  async resume({ statistics, isEnded, exhaustive, checkpoint }: ParallelHuntState): Promise<void> {
    this.statistics.restore(statistics);
    this.#next = statistics.schedules;
    if (this.#next > 0) this.runs.set(this.#search.strategy.name, this.#next);
    this.#isEnded = isEnded;
    this.exhaustive = exhaustive;
    const task: ResumeTask = { id: this.#id, search: this.#search, checkpoint };
    await this.#workers.run(this.#team[0], "resumeRounds", task);
  }

  /** Run the next round, but at most up to `schedules` executions in all, and put together what came out. */
  async round(schedules: number): Promise<void> {
    this.merge(await this.run(schedules));
  }

  /** Run the next round, but at most up to `schedules` executions in all. What came out is still to be merged. */
  async run(schedules: number): Promise<readonly RoundResult[]> {
    this.#isAhead = true;
    const [from, to] = [this.#next, Math.min(this.#next + this.#spread.round, schedules)];
    this.#next = to;
    this.#board[NEXT] = from;
    return await Promise.all(
      this.#team.map((member, worker) => {
        const task: RoundTask = {
          id: this.#id,
          search: this.#search,
          worker,
          jobs: this.#team.length,
          from,
          to,
          discoveries: this.#discoveries,
          board: this.#board,
        };
        return this.#workers.run<RoundResult>(member, "runRound", task);
      }),
    );
  }

  /** Let the workers end after the executions that they are in: the round that is under way remains incomplete. */
  stop(): void {
    Atomics.store(this.#board, LIMIT, -1);
  }

  /** Put together what the workers found out in a round. */
  merge(results: readonly RoundResult[]): void {
    this.#isAhead = false;
    this.found = lowest(results.flatMap(({ found }) => found ?? []));
    this.nondeterminism = lowest(results.flatMap(({ nondeterminism }) => nondeterminism ?? []));
    const failedAt = this.found?.index ?? Infinity;
    const endedAt = Math.min(...results.map((result) => result.endedAt ?? Infinity));
    this.#isEnded = endedAt < failedAt;
    if (this.#isEnded) this.found = null;
    this.exhaustive = this.#isEnded && results.every(({ isComplete }) => isComplete);
    for (const { index, ...measure } of results.flatMap(({ measures }) => measures)) {
      if (index > Math.min(failedAt, endedAt)) continue;
      this.statistics.add(measure);
      const strategy = this.#spread.strategyOf(index);
      this.runs.set(strategy, (this.runs.get(strategy) ?? 0) + 1);
    }
    this.size = results[0].size;
    this.estimate = results.find((result) => result.estimate !== null)?.estimate ?? null;
    this.#discoveries = results.flatMap(({ discoveries }) => discoveries);
  }
}

function lowest<Numbered extends { readonly index: number }>(all: readonly Numbered[]): Numbered | null {
  return all.reduce<Numbered | null>((first, next) => (first === null || next.index < first.index ? next : first), null);
}
