import { Explorer, type Found } from "../../executor/explorer/engine/explore.ts";
import type { Execution } from "../../executor/explorer/engine/run.ts";
import { switchesOf, type Measure } from "../../executor/explorer/measure/statistics.ts";
import type { Strategy } from "../../executor/explorer/engine/strategy.ts";
import { DeterminismCheck } from "../../executor/explorer/replay/determinism.ts";
import { profiler, strategyKind } from "../../executor/explorer/strategy/catalogue.ts";
import type { Exhaustive } from "../../executor/explorer/strategy/exhaustive.ts";
import type { Learner } from "../../executor/explorer/strategy/learner.ts";
import type { Profile } from "../../executor/explorer/strategy/profile.ts";
import { Spread } from "../../executor/explorer/strategy/spread.ts";
import type { Subject } from "../../executor/explorer/engine/subject.ts";
import { TraceHash } from "../../executor/explorer/measure/trace_hash.ts";
import {
  LIMIT,
  NEXT,
  type Assignment,
  type Search,
  type NumberedMeasure,
  type NumberedNondeterminism,
  type PctSize,
  type ResumeTask,
  type RoundResult,
  type RoundTask,
} from "./round.ts";

/**
 * A worker's side of hunts: executions whose number decides all about them are taken by whoever comes first, one at a time, since
 * at the end of a round all wait for the last; those that follow from one another have an owner.
 */
export class RoundRunner {
  readonly #subjectOf: (name: unknown) => Subject;
  readonly #hunts = new Map<number, WorkersHunt>();

  constructor(subjectOf: (name: unknown) => Subject) {
    this.#subjectOf = subjectOf;
  }

  run(task: RoundTask): RoundResult {
    return this.#huntOf(task).round(task);
  }

  /** What an exhaustive strategy has left to explore; between rounds. */
  checkpoint(task: Assignment): string {
    return this.#huntOf(task).exhaustive.checkpoint();
  }

  /** Let an exhaustive strategy go on from there; before the first round. */
  resume({ checkpoint, ...task }: ResumeTask): void {
    this.#huntOf(task).exhaustive.resume(checkpoint);
  }

  #huntOf({ id, search }: Assignment): WorkersHunt {
    let hunt = this.#hunts.get(id);
    if (hunt === undefined) {
      hunt = new WorkersHunt(this.#subjectOf(search.subject), search);
      this.#hunts.set(id, hunt);
    }
    return hunt;
  }
}

/** What a worker knows of one hunt. */
class WorkersHunt {
  readonly #strategy: Strategy;
  /** The same, if it is one that explores everything. */
  readonly #exhaustive: Exhaustive | null;
  /** The same, if it is one that learns. */
  readonly #learner: Learner | null;
  readonly #explorer: Explorer;
  readonly #check: DeterminismCheck | null;
  readonly #hash: TraceHash;
  readonly #spread: Spread;
  readonly #size: PctSize | null;
  #measures: NumberedMeasure[] = [];
  #found: Found | null = null;
  #nondeterminism: NumberedNondeterminism | null = null;
  #endedAt: number | null = null;

  constructor(subject: Subject, { strategy: spec, spuriousPercent, checkDeterminism }: Search) {
    const profile = profiler(subject, spec.seed);
    const kind = strategyKind(spec.name);
    this.#exhaustive = kind.isExhaustive ? kind.create(spec, subject, profile) : null;
    this.#learner = kind.isStateful && !kind.isExhaustive ? kind.create(spec, subject, profile) : null;
    this.#strategy = this.#exhaustive ?? this.#learner ?? kind.create(spec, subject, profile);
    this.#explorer = new Explorer({ subject, strategy: this.#strategy, seed: spec.seed, spuriousPercent });
    this.#check = checkDeterminism === true ? new DeterminismCheck(subject, spuriousPercent) : null;
    this.#hash = new TraceHash(subject.words.length);
    this.#spread = new Spread(spec);
    this.#size = this.#spread.strategies.some(({ bound }) => bound === "depth") ? sizeOf(profile()) : null;
  }

  /** The strategy, which has to be an exhaustive one. */
  get exhaustive(): Exhaustive {
    if (this.#exhaustive === null) throw new Error(`${this.#strategy.name} explores nothing to its end`);
    return this.#exhaustive;
  }

  round(task: RoundTask): RoundResult {
    this.#learner?.learn(task.discoveries, task.from / this.#spread.round);
    this.#measures = [];
    this.#ownExecutions(task);
    this.#anybodysExecutions(task);
    return {
      measures: this.#measures,
      found: this.#found,
      nondeterminism: this.#nondeterminism,
      endedAt: this.#endedAt,
      isComplete: this.#strategy.isComplete,
      estimate: this.#spread.ownerOf(task.from, task.jobs) === task.worker ? (this.#exhaustive?.estimate() ?? null) : null,
      size: this.#size,
      discoveries: this.#learner?.harvest() ?? [],
    };
  }

  #ownExecutions({ from, to, worker, jobs, board }: RoundTask): void {
    for (let index = from; index < to; index++) {
      if (this.#spread.ownerOf(index, jobs) === worker && !this.#execute(index, board)) return;
    }
  }

  #anybodysExecutions({ to, jobs, board }: RoundTask): void {
    for (let index = takeNext(board); index < to; index = takeNext(board)) {
      if (this.#spread.ownerOf(index, jobs) === null && !this.#execute(index, board)) return;
    }
  }

  /** False if neither this execution nor any later one is of interest. */
  #execute(index: number, board: Int32Array): boolean {
    if (index > Atomics.load(board, LIMIT)) return false;
    const execution = this.#explorer.run(index);
    if (execution === null) {
      this.#endedAt = index;
      lowerLimit(board, index - 1);
      return false;
    }
    this.#measures.push({ index, ...this.#measure(execution) });
    const difference = this.#check?.repeat(this.#explorer.recording, execution) ?? null;
    if (difference !== null) {
      this.#nondeterminism = { index, ...difference };
      lowerLimit(board, index);
      return false;
    }
    if (execution.failure === null) return true;
    if (this.#found === null || index < this.#found.index) this.#found = this.#explorer.found(index, execution.failure);
    lowerLimit(board, index);
    return false;
  }

  #measure({ ending }: Execution): Measure {
    const { recording } = this.#explorer;
    const trace = ending === "given-up" ? null : this.#hash.of(recording);
    return { steps: recording.length, switches: switchesOf(recording), trace };
  }
}

function sizeOf({ threads, choices }: Profile): PctSize {
  return { threads, choices };
}

function takeNext(board: Int32Array): number {
  return Atomics.add(board, NEXT, 1);
}

function lowerLimit(board: Int32Array, limit: number): void {
  for (let before = Atomics.load(board, LIMIT); before > limit;) {
    before = Atomics.compareExchange(board, LIMIT, before, limit);
  }
}
