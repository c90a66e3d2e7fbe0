import { count, duration, plural } from "./numbers.ts";
import { plain, type Paint } from "./paint.ts";
import type { StressResult, Violation } from "./result.ts";
import { withTitle } from "./rule_text.ts";
import { wrap } from "./text.ts";

/** Violations that are shown in full; of further ones only their number. */
export const SHOWN_IN_FULL = 5;

/** The violations of a run, the first in full, the others counted by rule. No lines if there are none. */
export function renderViolations(result: StressResult, paint: Paint = plain): string[] {
  const shown = result.violations.slice(0, SHOWN_IN_FULL);
  const total = totalViolations(result);
  const lines = shown.flatMap((violation, index) => {
    const [title, ...rest] = violationLines(violation, `violation ${index + 1} of ${count(total)}: ${withTitle(violation.rule)}`);
    return [paint("bad", title), ...rest, ""];
  });
  const left = [...remaining(result, shown)];
  if (left.length > 0) {
    lines.push(`${plural(total - shown.length, "further violation")}:`);
    lines.push(...left.flatMap(([rule, n]) => wrap(`${count(n)} of ${withTitle(rule)}`, "  ", "    ")), "");
  }
  return lines;
}

/** One violation: its title, what happened, who was seen doing it, and what led to it. */
export function violationLines(violation: Violation, title: string): string[] {
  const seen = `seen in ${violation.task}, ${duration(violation.timeUs)} after the start`;
  const events = violation.recent.length === 0 ? "" : `; ${plural(violation.recent.length, "event")} before it:`;
  return [
    ...wrap(title, "", "  "),
    ...wrap(violation.message, "  "),
    ...wrap(seen + events, "  "),
    ...violation.recent.flatMap((event) => wrap(event, "    ", "        ")),
  ];
}

export function totalViolations(result: StressResult): number {
  return [...countByRule(result).values()].reduce((sum, n) => sum + n, 0);
}

/** All violations by rule. One that was kept but not counted is counted here. */
export function countByRule({
  violations,
  violationCounts,
}: Pick<StressResult, "violations" | "violationCounts">): Map<string, number> {
  const kept = tally(violations);
  const counts = new Map(Object.entries(violationCounts));
  for (const [rule, n] of kept) counts.set(rule, Math.max(n, counts.get(rule) ?? 0));
  return counts;
}

function remaining(result: StressResult, shown: readonly Violation[]): Map<string, number> {
  const left = countByRule(result);
  for (const [rule, n] of tally(shown)) left.set(rule, left.get(rule)! - n);
  for (const [rule, n] of left) if (n === 0) left.delete(rule);
  return left;
}

function tally(violations: readonly Violation[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { rule } of violations) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  return counts;
}
