import { hangLines } from "./hang_block.ts";
import { count, duration, plural } from "./numbers.ts";
import type { StressResult } from "./result.ts";
import { missedText, unexercised } from "./missed.ts";
import { withTitle } from "./rule_text.ts";
import { countByRule, SHOWN_IN_FULL, totalViolations, violationLines } from "./violation_block.ts";

/** A run in the terms of a test framework: one case for each rule that was watched, and one for the scenario. */
export interface TestCase {
  readonly suite: "rules" | "scenarios";
  readonly name: string;
  /**
   * "timeout": it hung. "error": the emulator broke, so nothing is proven. "skipped": the run was cut short, or not all was seen.
   */
  readonly outcome: "passed" | "failed" | "timeout" | "error" | "skipped";
  /** Why, in a line; "" if it passed. */
  readonly reason: string;
  /** Formatted lines for a person. */
  readonly detail: readonly string[];
}

export function testCases(result: StressResult): TestCase[] {
  const counts = countByRule(result);
  const rules = new Set([...result.rules, ...counts.keys()]);
  return [...[...rules].map((rule) => ruleCase(result, rule, counts.get(rule) ?? 0)), scenarioCase(result)];
}

function ruleCase(result: StressResult, rule: string, violated: number): TestCase {
  const name = withTitle(rule);
  if (violated === 0) return { suite: "rules", name, ...withoutFinding(result), detail: [] };
  const kept = result.violations.filter((violation) => violation.rule === rule);
  return {
    suite: "rules",
    name,
    outcome: "failed",
    reason: plural(violated, "violation") + (kept.length > 0 ? `, the first: ${kept[0].message}` : ""),
    detail: kept
      .slice(0, SHOWN_IN_FULL)
      .flatMap((violation, index) => violationLines(violation, `violation ${index + 1} of ${count(violated)}: ${name}`)),
  };
}

function scenarioCase(result: StressResult): TestCase {
  const again = result.reproduce === "" ? [] : [`run the same again: ${result.reproduce}`];
  const { hang, internalError } = result;
  const found = (outcome: TestCase["outcome"], reason: string, detail: readonly string[]): TestCase => ({
    suite: "scenarios",
    name: result.scenario,
    outcome,
    reason,
    detail: [...detail, ...again],
  });
  if (internalError !== null) return found("error", internalError.split("\n")[0], internalError.split("\n"));
  if (hang !== null) return found("timeout", hangLines(hang)[0], hangLines(hang));
  if (result.verdict === "fail") return found("failed", plural(totalViolations(result), "violation"), []);
  const { outcome, reason } = withoutFinding(result);
  return found(outcome, reason, []);
}

/**
 * What a case comes to that nothing speaks against: a run that was cut short, or of which not all was seen, proves less than it
 * was to.
 */
function withoutFinding(result: StressResult): Pick<TestCase, "outcome" | "reason"> {
  const { interrupted, internalError, elapsedMs, missed } = result;
  const after = `after ${duration(elapsedMs * 1000)}`;
  if (Object.keys(missed).length > 0) return skipped(`not checked: ${missedText(missed)}`);
  if (interrupted) return skipped(`interrupted ${after}`);
  if (internalError !== null) return skipped(`the emulator broke ${after}`);
  const idle = unexercised(result);
  return idle.length > 0 ? skipped(idle.join(", ")) : { outcome: "passed", reason: "" };
}

function skipped(reason: string): Pick<TestCase, "outcome" | "reason"> {
  return { outcome: "skipped", reason };
}
