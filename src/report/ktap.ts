import { testCases, type TestCase } from "./cases.ts";
import type { StressResult } from "./result.ts";
import { clean } from "./text.ts";

/**
 * A run as KTAP, version 1 (Documentation/dev-tools/ktap.rst of the kernel): a test for the rules and one for the scenario,
 * each with its subtests; diagnostics stand before the result that they explain.
 */
export function renderKtap(result: StressResult): string {
  const cases = testCases(result);
  const suites = ["rules", "scenarios"]
    .map((name) => ({ name, tests: cases.filter(({ suite }) => suite === name) }))
    .filter(({ tests }) => tests.length > 0);
  const lines = [
    "KTAP version 1",
    `1..${suites.length}`,
    `# seed ${result.seed}`,
    ...suites.flatMap(({ name, tests }, index) => suiteLines(name, tests, index + 1)),
  ];
  return `${lines.join("\n")}\n`;
}

function suiteLines(name: string, tests: readonly TestCase[], number: number): string[] {
  const lines = ["KTAP version 1", `1..${tests.length}`, ...tests.flatMap((test, index) => subtestLines(test, index + 1))];
  return [...lines.map((line) => `  ${line}`), `${tests.every(isGood) ? "ok" : "not ok"} ${number} ${name}`];
}

const DIRECTIVES = { passed: "", failed: "", timeout: "TIMEOUT ", error: "ERROR ", skipped: "SKIP " } as const;

function subtestLines(test: TestCase, number: number): string[] {
  const reason = test.outcome === "passed" ? "" : ` # ${DIRECTIVES[test.outcome]}${oneLine(test.reason)}`;
  // Lines have been wrapped for a terminal already; here they only get a mark, and foreign line ends one each.
  const detail = test.detail.flatMap((line) => line.split("\n")).map((line) => `# ${clean(line)}`.trimEnd());
  return [...detail, `${isGood(test) ? "ok" : "not ok"} ${number} ${oneLine(test.name)}${reason}`];
}

function isGood({ outcome }: TestCase): boolean {
  return outcome === "passed" || outcome === "skipped";
}

/** A description or a reason: one line, without the sign that separates the two. */
function oneLine(text: string): string {
  return clean(text.replaceAll("\n", " ")).replaceAll("#", "No. ").trim();
}
