import type { Ptr } from "../../machine/struct.ts";
import type { Task } from "../../machine/task.ts";

/** One broken rule. A plain object: it crosses threads and goes into reports. */
export interface Violation {
  /** `stale-access`, `join`, `lost-data`, or a rule of the specification: `I10`, `RULES 28`. */
  readonly rule: string;
  /** What happened, in the words of the field. */
  readonly message: string;
  /** Name of the task that was seen doing it. */
  readonly task: string;
  readonly timeUs: number;
  /** The last events of all threads before it, oldest first, one line each. */
  readonly recent: readonly string[];
}

/** Violations kept in full by one thread; the others are only counted. */
const MAX_KEPT = 100;

/** Where the oracles of one thread report to. */
export class Reporter {
  /** Violations seen, by rule. */
  readonly counts = new Map<string, number>();
  readonly kept: Violation[] = [];
  readonly #recent: (words: Int32Array) => readonly string[];
  readonly #total: Ptr<"word">;

  /**
   * @param recent the last events of all threads, formatted
   * @param total shared word that counts the violations of all threads
   */
  constructor(recent: (words: Int32Array) => readonly string[], total: Ptr<"word">) {
    this.#recent = recent;
    this.#total = total;
  }

  /** Nothing was ever reported. */
  reset(): void {
    this.counts.clear();
    this.kept.length = 0;
  }

  report(task: Task, rule: string, message: string): void {
    this.counts.set(rule, (this.counts.get(rule) ?? 0) + 1);
    Atomics.add(task.words, this.#total, 1);
    if (this.kept.length >= MAX_KEPT) return;
    this.kept.push({ rule, message, task: task.name, timeUs: task.nowUs(), recent: this.#recent(task.words) });
  }
}
