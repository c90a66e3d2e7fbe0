import { Explorer } from "../../executor/explorer/engine/explore.ts";
import type { Failure } from "../../executor/explorer/engine/failure.ts";
import { createStrategy } from "../../executor/explorer/strategy/catalogue.ts";
import type { HuntMachine } from "../machine/hunt_machine.ts";
import { huntSubject } from "../machine/subject.ts";

/**
 * How soon a strategy finds something in a configuration, seed by seed. Plain data: it goes to a worker with the bug in its
 * sources.
 */
export interface KillTask {
  readonly config: HuntMachine;
  readonly strategy: string;
  /** First seed, and how many. */
  readonly seed: number;
  readonly seeds: number;
  /** Executions that each seed may take. */
  readonly schedules: number;
  /** Rules and kinds of failure that count: what the bug breaks; null: anything does. */
  readonly breaks: readonly string[] | null;
}

/** What one seed came to. */
export interface Kill {
  /** Number of the first execution with a failure that counts, from 1; null if there was none. */
  readonly schedules: number | null;
  /** What was broken then; null if nothing. */
  readonly rule: string | null;
  /** Rules of failures before it that do not count, each once. */
  readonly others: readonly string[];
}

/** By seed. A failure that does not count is noted, and the search goes on. */
export function schedulesToKill(task: KillTask): Kill[] {
  const subject = huntSubject(task.config);
  return Array.from({ length: task.seeds }, (_, i) => {
    const seed = task.seed + i;
    const strategy = createStrategy({ name: task.strategy, seed }, subject);
    return search(new Explorer({ subject, strategy, seed, spuriousPercent: task.config.faults.spuriousPercent }), task);
  });
}

function search(explorer: Explorer, { schedules, breaks }: KillTask): Kill {
  const others = new Set<string>();
  for (let index = 0; index < schedules; index++) {
    const execution = explorer.run(index);
    if (execution === null) break;
    if (execution.failure === null) continue;
    const { failure } = execution;
    if (counts(failure, breaks)) return { schedules: index + 1, rule: failure.rule, others: [...others] };
    others.add(failure.rule);
  }
  return { schedules: null, rule: null, others: [...others] };
}

/** Is the failure one of those, by its rule or by its kind? */
function counts({ kind, rule }: Failure, breaks: readonly string[] | null): boolean {
  return breaks === null || breaks.includes(rule) || breaks.includes(kind);
}
