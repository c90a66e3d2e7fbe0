import type { Ptr } from "../../machine/struct.ts";
import type { Task } from "../../machine/task.ts";
import type { Violation } from "../../report/result.ts";
import type { WatchedRule } from "../rules.ts";
import type { FlightRecorder } from "./flight_recorder.ts";

/** Say that `task` broke `rule`: `stale-access`, `join`, `lost-data`, or one of the specification, `I10`, `RULES 28`. */
export type Report = (task: Task, rule: WatchedRule, message: string) => void;

/** What is reported: a violation of a rule that is watched. */
export interface WatchedViolation extends Violation {
  readonly rule: WatchedRule;
}

/** Violations kept in full by one thread; the others are only counted. */
const MAX_KEPT = 100;

/** Where the oracles of one thread report to. */
export class Reporter {
  /** Violations seen, by rule. */
  readonly counts = new Map<WatchedRule, number>();
  readonly kept: WatchedViolation[] = [];
  readonly #recorder: FlightRecorder;
  readonly #total: Ptr<"word">;
  /** The event that was objected to last; -1 none, or one that is told in full. */
  #event = -1;
  /** How many violations were kept before it, and the ranks of those who objected to it, in order. */
  #before = 0;
  readonly #ranks: number[] = [];

  /** @param total shared word that counts the violations of all threads */
  constructor(recorder: FlightRecorder, total: Ptr<"word">) {
    this.#recorder = recorder;
    this.#total = total;
  }

  /** For one oracle. What several have to say of one event is told in the order of their ranks, whoever was asked first. */
  ranked(rank: number): Report {
    return (task, rule, message) => this.#report(rank, task, rule, message);
  }

  /** Whatever is reported from now on comes after all that was reported before. */
  settle(): void {
    this.#event = -1;
  }

  /** Nothing was ever reported. */
  reset(): void {
    this.counts.clear();
    this.kept.length = 0;
    this.settle();
  }

  #report(rank: number, task: Task, rule: WatchedRule, message: string): void {
    this.counts.set(rule, (this.counts.get(rule) ?? 0) + 1);
    Atomics.add(task.words, this.#total, 1);
    const place = this.#placeOf(rank);
    if (place >= MAX_KEPT) return;
    const recent = this.#recorder.recent(task.words);
    this.kept.splice(place, 0, { rule, message, task: task.name, timeUs: task.nowUs(), recent });
    if (this.kept.length > MAX_KEPT) this.kept.pop();
  }

  /** Among all violations: after those of the same event whose rank is not greater. */
  #placeOf(rank: number): number {
    if (this.#recorder.recorded !== this.#event) {
      this.#event = this.#recorder.recorded;
      this.#before = this.kept.length;
      this.#ranks.length = 0;
    }
    const place = this.#ranks.findLastIndex((other) => other <= rank) + 1;
    this.#ranks.splice(place, 0, rank);
    return this.#before + place;
  }
}
