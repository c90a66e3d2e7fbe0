import type { Observation } from "./observation.ts";
import type { Step, Trace } from "./trace.ts";

/** The first field of the first step that is not as recorded. */
export interface Difference {
  readonly trace: string;
  /** From 0; the number of steps if it is about the end of the trace. */
  readonly step: number;
  readonly operation: string;
  readonly field: string;
  readonly expected: string;
  readonly got: string;
}

const FIELD_NAMES: Record<string, string> = {
  x: "result",
  w: "tasks that went on",
  c: "callbacks",
  W: "warnings",
  Q: "invalidate_seq of interval notifiers",
  U: "users of classic notifiers",
  z: "tasks not finished at the end",
  X: "subscriptions object",
  E: "has_itree",
  S: "invalidate_seq",
  A: "active_invalidate_ranges",
  I: "is_invalidating",
  T: "interval tree",
  D: "deferred list",
  L: "hlist",
  C: "mm_count",
  M: "mm_users",
};

/** Compare all fields of a step, the result first. */
export function firstDifference(trace: Trace, index: number, expected: Observation, got: Observation): Difference | null {
  for (const { field, want, have } of fieldsOf(expected, got)) {
    if (want === have) continue;
    const wanted = JSON.stringify(want);
    const had = JSON.stringify(have);
    if (wanted === had) continue;
    return { trace: trace.n, step: index, operation: operationText(trace.s[index]), field, expected: wanted, got: had };
  }
  return null;
}

function* fieldsOf(expected: Observation, got: Observation): Generator<{ field: string; want: unknown; have: unknown }> {
  for (const key of ["x", "w", "c", "W"] as const) yield { field: named(key), want: expected[key], have: got[key] };
  for (const [mm, view] of expected.mms.entries()) {
    const seen = got.mms[mm];
    for (const key of ["X", "E", "S", "A", "I", "T", "D", "L", "C", "M"] as const) {
      const isGone = view.X === 2 && seen.X === 2; // then only its counts are recorded
      if (isGone && key !== "C" && key !== "M") continue;
      yield { field: `${named(key)} of mm ${mm}`, want: view[key], have: seen[key] };
    }
  }
  yield { field: named("Q"), want: expected.seqs, have: got.seqs };
  yield { field: named("U"), want: expected.users, have: got.users };
}

export function named(key: string): string {
  return `${key} (${FIELD_NAMES[key]})`;
}

/** As in the file, without what is expected of it. */
export function operationText(step: Step): string {
  const args = (["m", "i", "h", "k", "r", "a", "e", "l", "v", "y", "q"] as const)
    .filter((key) => step[key] !== 0)
    .map((key) => `${key}=${step[key]}`);
  const task = step.t === undefined ? [] : [`task ${step.t}`];
  const failure = step.j === undefined ? [] : [`j=${step.j}`];
  return [`${step.o}`, ...task, ...args, ...failure].join(" ");
}

/** For a person: where, what was recorded, what we did. */
export function describe(difference: Difference): string {
  return [
    `${difference.trace}: step ${difference.step + 1}: ${difference.operation}`,
    `  ${difference.field}`,
    `    recorded ${difference.expected}`,
    `    ours     ${difference.got}`,
  ].join("\n");
}
