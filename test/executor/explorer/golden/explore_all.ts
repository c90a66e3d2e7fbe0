import { Explorer } from "../../../../src/executor/explorer/engine/explore.ts";
import { signatureOf } from "../../../../src/executor/explorer/engine/failure.ts";
import type { Program } from "../../../../src/executor/explorer/program/program.ts";
import type { Strategy } from "../../../../src/executor/explorer/engine/strategy.ts";
import { TraceHash } from "../../../../src/executor/explorer/measure/trace_hash.ts";

/** What an exhaustive exploration of a small program came to. */
export interface All {
  readonly executions: number;
  /** Distinct Mazurkiewicz traces among the executions. */
  readonly traces: number;
  /** Executions in which all threads came to their ends. */
  readonly done: number;
  /** Endings with the values of all words, sorted; of a deadlock, which is carried on to find out why, the ending alone. */
  readonly outcomes: string[];
  /** Signatures and messages of other failures, sorted. */
  readonly failures: string[];
  /** There were more than the limit. */
  readonly isCut: boolean;
}

/** Run a program until the strategy has nothing left. */
export function exploreAll(subject: Program, strategy: Strategy, spuriousPercent = 0, limit = 1_000_000): All {
  const explorer = new Explorer({ subject, strategy, seed: 1, spuriousPercent });
  const hash = new TraceHash(subject.words.length);
  const traces = new Set<number>();
  const outcomes = new Set<string>();
  const failures = new Set<string>();
  let done = 0;
  let executions = 0;
  let execution = explorer.run(0);
  for (; execution !== null && executions < limit; execution = explorer.run(executions)) {
    executions++;
    const { ending, failure } = execution;
    if (ending === "given-up") continue;
    if (ending === "done") done++;
    traces.add(hash.of(explorer.recording));
    outcomes.add(ending === "deadlock" ? ending : `${ending} ${subject.outcome()}`);
    if (failure !== null && ending !== "deadlock") failures.add(`${signatureOf(failure)}: ${failure.message}`);
  }
  return {
    executions,
    traces: traces.size,
    done,
    outcomes: [...outcomes].sort(),
    failures: [...failures].sort(),
    isCut: execution !== null,
  };
}
