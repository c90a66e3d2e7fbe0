import type { StressResult, Violation } from "./result.ts";
import { ruleTitle } from "./rule_text.ts";

/**
 * The result as one JSON object, indented, for programs: keys in this order, and those that exist keep their meaning.
 * Numbers that are none (a ratio of nothing) are null. Ends in a newline.
 */
export function renderJson(result: StressResult): string {
  const {
    verdict,
    seed,
    config,
    elapsedMs,
    bootMs,
    violations,
    violationCounts,
    missed,
    counts,
    gpus,
    latencyUs,
    overlap,
    devicesPerFlush,
    peakRssBytes,
  } = result;
  const { hang, internalError, interrupted, workload, warnings, reproduce, scenario, rules } = result;
  const object = {
    verdict,
    seed,
    config,
    elapsedMs,
    bootMs,
    violations: violations.map(titled),
    violationCounts,
    missed,
    counts,
    gpus,
    latencyUs,
    overlap,
    devicesPerFlush,
    peakRssBytes,
    hang,
    internalError,
    interrupted,
    workload,
    warnings,
    reproduce,
    scenario,
    rules,
  };
  return `${JSON.stringify(object, null, 2)}\n`;
}

/** The title of the rule beside it. */
function titled({ rule, message, task, timeUs, recent }: Violation): Violation & { readonly title: string | null } {
  return { rule, title: ruleTitle(rule), message, task, timeUs, recent };
}
