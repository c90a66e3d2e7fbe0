import { hangLines } from "./hang_block.ts";
import { count, duration, plural } from "./numbers.ts";
import type { StressResult } from "./result.ts";
import { withTitle } from "./rule_text.ts";
import { countByRule, SHOWN_IN_FULL, totalViolations, violationLines } from "./violation_block.ts";

/** A run in the terms of a test framework: one case for each rule that was watched, and one for the scenario. */
export interface TestCase {
  readonly suite: "rules" | "scenarios";
  readonly name: string;
  /** "timeout": it hung. "error": the emulator broke, so nothing is proven. "skipped": the run was cut short. */
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

/** What a case comes to that nothing speaks against: a run that was cut short proves less than it was to. */
function withoutFinding({ interrupted, internalError, elapsedMs }: StressResult): Pick<TestCase, "outcome" | "reason"> {
  if (!interrupted && internalError === null) return { outcome: "passed", reason: "" };
  return {
    outcome: "skipped",
    reason: `${interrupted ? "interrupted" : "the emulator broke"} after ${duration(elapsedMs * 1000)}`,
  };
}
