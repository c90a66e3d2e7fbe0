import type { Comparison } from "./comparison.ts";

/**
 * The comparison as one JSON object, indented, for programs: keys in this order, and those that exist keep their meaning. Ends in
 * a newline.
 */
export function renderComparisonJson(comparison: Comparison): string {
  const { verdict, seed, executor, elapsedMs, experiments, interrupted, reproduce, warnings } = comparison;
  return `${JSON.stringify({ verdict, seed, executor, elapsedMs, experiments, interrupted, reproduce, warnings }, null, 2)}\n`;
}
