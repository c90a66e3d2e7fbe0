import { expect, it } from "vitest";
import { testCases } from "../../src/report/cases.ts";
import type { StressResult } from "../../src/report/result.ts";
import { renderSummary } from "../../src/report/summary.ts";
import { PASSED } from "./results.ts";

const verdictOf = (result: StressResult) =>
  /^(PASS|FAIL|NOT CHECKED) [^;]*/m.exec(renderSummary(result))?.[0].replaceAll(/\s+/g, " ");
const outcomesOf = (result: StressResult) => [
  ...new Set(testCases(result).map(({ outcome, reason }) => `${outcome}: ${reason}`)),
];

const IDLE = { ...PASSED.counts, starts: 0, finishes: 0, flushes: 0, accesses: 0 };

it("a run of which all was seen passes", () => {
  expect(verdictOf(PASSED)).toBe("PASS no violation");
  expect(outcomesOf(PASSED)).toEqual(["passed: "]);
});

it("what the oracles had no place for is not checked, and no case passes", () => {
  const blind: StressResult = { ...PASSED, verdict: "not checked", missed: { "finish objects": 12 } };
  const what = "the oracles had no place for finish objects (12 times)";
  expect(verdictOf(blind)).toBe(`NOT CHECKED no violation, ${what}`);
  expect(outcomesOf(blind)).toEqual([`skipped: not checked: ${what}`]);
});

it("a run in which nothing happened says so beside its verdict", () => {
  const idle: StressResult = { ...PASSED, counts: IDLE };
  expect(verdictOf(idle)).toBe("PASS no violation, no notifier had anything to do, no GPU touched memory");
  expect(outcomesOf(idle)).toEqual(["skipped: no notifier had anything to do, no GPU touched memory"]);
});
