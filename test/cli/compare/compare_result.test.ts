import { describe, expect, it } from "vitest";
import { parseCompareOptions } from "../../../src/cli/compare/compare_options.ts";
import { comparisonOf } from "../../../src/cli/compare/compare_result.ts";
import { overview } from "../../../src/compare/experiments/overview.ts";
import { trialMachine } from "../../../src/compare/machine.ts";
import type { MeasuredTrial } from "../../../src/compare/run.ts";
import type { Trial } from "../../../src/compare/trial.ts";
import type { Measured } from "../../../src/report/comparison.ts";
import { measured } from "../../report/comparisons.ts";

const ASKED = parseCompareOptions(["node", "compare.ts"]);

function verdictOf(driver: string, trial: Partial<Trial>, came: Partial<Measured>) {
  const one: MeasuredTrial = {
    experiment: overview,
    trial: {
      labels: {},
      config: trialMachine({ driver, gpus: 1, seed: 1 }),
      invalidations: 1,
      seconds: 1,
      isWatched: true,
      ...trial,
    },
    measured: { ...measured(1, 2), ...came },
  };
  const { verdict, warnings } = comparisonOf(ASKED, { experiments: [], trials: [one], interrupted: false }, 1);
  return [verdict, ...warnings];
}

const I10 = "I10: Every start that asks for a finish gets one, in order";

describe("a comparison fails", () => {
  it.each([
    [
      "two-pass",
      { violations: { I10: 2, join: 1 } },
      `two-pass is meant to be right, and violated ${I10}; join: When range_start has returned, no TLB has the range`,
    ],
    ["two-pass", { isOver: false }, "two-pass is meant to be right, and does not come to its end"],
    [
      "two-pass",
      { isOver: false, violations: { I10: 1 } },
      `two-pass is meant to be right, and violated ${I10}, and does not come to its end`,
    ],
    ["finish-at-range-end", {}, "finish-at-range-end is wrong on purpose, and no oracle objected to it"],
  ])("if %s comes to %j", (driver, came, warning) => {
    expect(verdictOf(driver, {}, came)).toEqual(["fail", warning]);
  });
});

describe("a comparison passes", () => {
  it.each([
    ["a right design is not objected to", "two-pass", {}, {}],
    ["a negative control is", "finish-at-range-end", {}, { violations: { I10: 1 } }],
    ["a design that is known to be wrong hangs", "lock-across-passes", {}, { isOver: false }],
    ["a negative control was not watched", "finish-at-range-end", { isWatched: false }, {}],
    ["a trial ends with its time", "two-pass", { isWatched: false, invalidations: null }, { isOver: false }],
  ])("if %s", (_what, driver, trial, came) => {
    expect(verdictOf(driver, trial, came)).toEqual(["pass"]);
  });

  it("with a warning if a trial was given up", () => {
    expect(verdictOf("two-pass", { isWatched: false }, { isOver: false })).toEqual([
      "pass",
      "overview: 1 trial did not come to an end in the time allowed",
    ]);
  });
});
