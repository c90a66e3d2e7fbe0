import { performance } from "node:perf_hooks";
import type { Found } from "../../executor/explorer/engine/explore.ts";
import { sumOf } from "../../executor/explorer/measure/statistics.ts";
import { strategyKind } from "../../executor/explorer/strategy/catalogue.ts";
import { Checkpoints } from "./checkpoints.ts";
import type { HuntMachine } from "../machine/hunt_machine.ts";
import type { HuntIdentity, HuntState } from "./hunt_state.ts";
import { foundOn, type Finding } from "../explain/finding.ts";
import { NondeterminismError } from "./nondeterminism_error.ts";
import type { HuntOptions } from "./options.ts";
import type { HuntOutcome, HuntPart, HuntProgress } from "./outcome.ts";
import { ParallelHunt } from "./parallel.ts";
import type { RoundResult } from "./round.ts";
import { partStatement, wholeStatement } from "./statement.ts";
import { sizeOfAll } from "./size_of_all.ts";
import { Workers } from "./workers.ts";

export interface HuntHooks {
  /** After each round of executions, and when a failure was found. */
  readonly onProgress?: (progress: HuntProgress) => void;
  /** Ends the hunt early; what it has so far is kept. */
  readonly signal?: AbortSignal;
  /** Of an exhaustive strategy. */
  readonly checkpoints?: CheckpointHooks;
}

export interface CheckpointHooks {
  /** The hunt's own. */
  readonly identity: HuntIdentity;
  /** Where another process stopped with the same hunt (see `differenceOf`); null: nowhere. */
  readonly from: HuntState | null;
  /** Is given, every few seconds and at the end, what another process needs to go on. */
  readonly keep: (state: HuntState) => void;
}

/**
 * Hunt through all configurations in turns, a round of executions each, until a failure (or until each has one), the end of the
 * budget, or the end of what there is to explore.
 *
 * @throws NondeterminismError if that is to be checked
 */
export async function hunt(options: HuntOptions, hooks: HuntHooks = {}): Promise<HuntOutcome> {
  const workers = new Workers(options.bundle, options.jobs);
  try {
    return await new Hunt(options, hooks, workers).run();
  } finally {
    await workers.close();
  }
}

/**
 * From so many configurations on, turns are short (in schedules), and a configuration is one worker's: all of them are to be seen
 * within a minute.
 */
const MANY = 100;
const SHORT_TURN = 32;

/** What looking into failures may take in all, beyond the time of the hunt: as long again, but at least so long. */
const INVESTIGATION_SECONDS = 30;

/** How far the hunt through one machine is. */
interface MachineHunt {
  readonly machine: HuntMachine;
  readonly hunt: ParallelHunt;
  finding: Finding | null;
}

class Hunt {
  readonly #options: HuntOptions;
  readonly #hooks: HuntHooks;
  readonly #workers: Workers;
  readonly #hunts: readonly MachineHunt[];
  /** Those that are being hunted through now. */
  #current: readonly MachineHunt[] = [];
  readonly #checkpoints: Checkpoints | null;
  /** Before this process. */
  readonly #formerMs: number;
  #isOver = false;
  #exploredMs = 0;
  #investigatedMs = 0;

  constructor(options: HuntOptions, hooks: HuntHooks, workers: Workers) {
    this.#options = options;
    this.#hooks = hooks;
    this.#workers = workers;
    this.#hunts = options.machines.map((machine, id) => {
      const { strategy, checkDeterminism = false } = options;
      const search = { subject: machine, strategy, spuriousPercent: machine.faults.spuriousPercent, checkDeterminism };
      return { machine, hunt: new ParallelHunt(id, search, workers, !this.#hasMany), finding: null };
    });
    const { checkpoints } = hooks;
    const hunts = this.#hunts.map(({ hunt: search }) => search);
    this.#formerMs = checkpoints?.from?.exploredMs ?? 0;
    this.#checkpoints = checkpoints === undefined ? null : new Checkpoints(hunts, checkpoints.identity, checkpoints.keep);
  }

  async run(): Promise<HuntOutcome> {
    const end = () => this.#end();
    const { signal, checkpoints } = this.#hooks;
    const from = checkpoints?.from ?? null;
    if (from !== null) await this.#checkpoints?.resume(from);
    signal?.addEventListener("abort", end);
    if (signal?.aborted === true) end();
    while (!this.#isOver) {
      const unfinished = this.#hunts.filter((one) => this.#isUnfinished(one));
      if (unfinished.length === 0) break;
      for (let at = 0; at < unfinished.length && !this.#isOver; at += this.#atOnce)
        await this.#round(unfinished.slice(at, at + this.#atOnce));
      this.#isOver ||= this.#remainingMs <= 0;
    }
    signal?.removeEventListener("abort", end);
    await this.#checkpoints?.keep(this.#totalMs);
    return this.#outcome();
  }

  /** Time of exploration, former processes' included. */
  get #totalMs(): number {
    return this.#formerMs + this.#exploredMs;
  }

  /** Of the time to explore in. */
  get #remainingMs(): number {
    return (this.#options.seconds ?? Infinity) * 1000 - this.#exploredMs;
  }

  #end(): void {
    this.#isOver = true;
    for (const one of this.#current) one.hunt.stop();
  }

  get #hasMany(): boolean {
    return this.#options.machines.length > MANY;
  }

  /**
   * Configurations that are hunted through at the same time: as many as there are workers, if each keeps only one worker busy.
   */
  get #atOnce(): number {
    return this.#hasMany || strategyKind(this.#options.strategy.name).isExhaustive ? this.#options.jobs : 1;
  }

  /** Schedules of one turn at most. */
  get #turn(): number {
    return this.#hasMany ? SHORT_TURN : Infinity;
  }

  #isUnfinished({ hunt: { isOver, statistics } }: MachineHunt): boolean {
    return !isOver && statistics.schedules < (this.#options.schedules ?? Infinity);
  }

  /** As if one came after the other: after a failure that ends the hunt, what was run in further ones is forgotten. */
  async #round(hunts: readonly MachineHunt[]): Promise<void> {
    const results = await this.#explore(hunts);
    for (const [index, one] of hunts.entries()) {
      one.hunt.merge(results[index]);
      const { found, nondeterminism } = one.hunt;
      if (nondeterminism !== null) throw new NondeterminismError(one.machine, nondeterminism.index, nondeterminism);
      this.#report(one);
      if (found === null) continue;
      one.finding = await this.#investigate(one.machine, found);
      if (this.#options.keepGoing) continue;
      this.#isOver = true;
      break;
    }
    await this.#checkpoints?.keepIfDue(this.#totalMs);
  }

  /** What is done with failures is not taken from the time. */
  async #explore(hunts: readonly MachineHunt[]): Promise<(readonly RoundResult[])[]> {
    const schedules = this.#options.schedules ?? Infinity;
    const startMs = performance.now();
    const timer = this.#mayEndIn(hunts) ? setTimeout(() => this.#end(), this.#remainingMs) : undefined;
    this.#current = hunts;
    const results = await Promise.all(
      hunts.map((one) => one.hunt.run(Math.min(schedules, one.hunt.statistics.schedules + this.#turn))),
    );
    this.#current = [];
    clearTimeout(timer);
    this.#exploredMs += performance.now() - startMs;
    return results;
  }

  /** May the time end while these have their turn? */
  #mayEndIn(hunts: readonly MachineHunt[]): boolean {
    const { seconds, everyTurn = false } = this.#options;
    return seconds !== null && !(everyTurn && hunts.some((one) => !hasHadTurn(one)));
  }

  /** In a thread that has the sources with the bug in them; as it was found if that takes longer than anybody wants to wait. */
  async #investigate(machine: HuntMachine, found: Found): Promise<Finding> {
    const finding = foundOn(machine, this.#options.bug?.name ?? null, this.#options.strategy.seed, found);
    const enough = new AbortController();
    const stop = () => enough.abort();
    const { signal } = this.#hooks;
    signal?.addEventListener("abort", stop);
    const startMs = performance.now();
    const timer = this.#options.seconds === null ? undefined : setTimeout(stop, this.#patienceMs);
    if (signal?.aborted === true) stop();
    try {
      return await this.#workers.runAside<Finding>("investigateFound", finding, enough.signal);
    } catch (error) {
      if (enough.signal.aborted) return finding;
      throw error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
      this.#investigatedMs += performance.now() - startMs;
    }
  }

  /** For what is left to be looked into. */
  get #patienceMs(): number {
    return Math.max(INVESTIGATION_SECONDS, this.#options.seconds ?? 0) * 1000 - this.#investigatedMs;
  }

  #report({ machine, hunt: { found } }: MachineHunt): void {
    const sum = (number: (hunt: ParallelHunt) => number) => this.#hunts.reduce((total, each) => total + number(each.hunt), 0);
    this.#hooks.onProgress?.({
      machine,
      schedules: sum(({ statistics }) => statistics.schedules),
      steps: sum(({ statistics }) => statistics.steps),
      failures: sum((one) => (one.found === null ? 0 : 1)),
      exploredMs: this.#totalMs,
      estimate: sizeOfAll(this.#hunts.map((one) => one.hunt)),
      turns: this.#hunts.filter(hasHadTurn).length,
      found,
    });
  }

  #outcome(): HuntOutcome {
    const parts = this.#hunts.map((one) => this.#part(one));
    return {
      parts,
      figures: sumOf(parts.map(({ figures }) => figures)),
      exhaustive: parts.every(({ exhaustive }) => exhaustive),
      statement: wholeStatement(parts, this.#options),
      interrupted: this.#hooks.signal?.aborted ?? false,
      exploredMs: this.#totalMs,
      formerMs: this.#formerMs,
    };
  }

  #part({ machine, hunt: { statistics, exhaustive, runs, size }, finding }: MachineHunt): HuntPart {
    const part = { machine, figures: statistics.figures(), runs: Object.fromEntries([...runs].toSorted()), exhaustive, finding };
    return { ...part, statement: finding === null ? partStatement(part, size, this.#options) : [] };
  }
}

function hasHadTurn({ hunt: { statistics } }: MachineHunt): boolean {
  return statistics.schedules > 0;
}
