import { describe, expect, it } from "vitest";
import { statementOf, type CleanRun } from "../../../../src/executor/explorer/measure/statement.ts";

const SAMPLED: CleanRun = {
  figures: {
    schedules: 10_000,
    steps: 412_345,
    traces: { unique: 7312, singletons: 5012, doubletons: 1100, isExact: true },
    switches: { min: 3, average: 17.5, max: 40 },
  },
  exhaustive: false,
  limits: "",
  chosen: 0,
  pct: [],
};

describe("what a clean run allows one to conclude", () => {
  it("all traces, if it was exhaustive", () => {
    const figures = {
      ...SAMPLED.figures,
      schedules: 1250,
      traces: { unique: 1248, singletons: 1246, doubletons: 2, isExact: true },
    };
    expect(statementOf({ ...SAMPLED, exhaustive: true, figures })).toEqual([
      "All 1,248 traces were run (in 1,250 executions), and none fails: every schedule differs from one of them in " +
        "the order of independent steps alone.",
    ]);
    expect(statementOf({ ...SAMPLED, exhaustive: true, figures, limits: "with at most 2 preemptions" })).toEqual([
      "All 1,248 traces with at most 2 preemptions were run (in 1,250 executions), and none fails: every such " +
        "schedule differs from one of them in the order of independent steps alone.",
    ]);
  });

  it("all traces, and about how many, if they were too many to count", () => {
    const traces = { unique: 1_180_000, singletons: 1_180_000, doubletons: 0, isExact: false };
    expect(
      statementOf({ ...SAMPLED, exhaustive: true, figures: { ...SAMPLED.figures, schedules: 1_181_234, traces } })[0],
    ).toMatch(/^All traces were run, about 1,180,000 of them \(in 1,181,234 executions\), and none fails: /);
  });

  it("the rule of three and Good-Turing, if executions were drawn", () => {
    expect(statementOf(SAMPLED)).toEqual([
      "10,000 executions were drawn, and none failed: with 95 % confidence at most 0.03 % of such executions fail " +
        "(rule of three).",
      "All showed 7,312 different traces; 5,012 of them were met only once: about 50 % of further executions would " +
        "show one not met so far (Good-Turing).",
    ]);
  });

  it("that there are about so many traces, if they were too many to count", () => {
    const traces = { unique: 2_000_000, singletons: 1, doubletons: 0, isExact: false };
    expect(statementOf({ ...SAMPLED, figures: { ...SAMPLED.figures, schedules: 9_000_000, traces } })).toEqual([
      "9,000,000 executions were drawn, and none failed: with 95 % confidence at most 3.3e-5 % of such executions " +
        "fail (rule of three).",
      "All showed about 2,000,000 different traces; 1 of them was met only once: about 1.1e-5 % of further executions " +
        "would show one not met so far (Good-Turing).",
    ]);
  });

  it("PCT's bound for each depth that was tried", () => {
    const pct = [
      { depth: 1, threads: 4, steps: 120, runs: 10 },
      { depth: 2, threads: 4, steps: 120, runs: 1000 },
      { depth: 3, threads: 4, steps: 120, runs: 1000 },
      { depth: 4, threads: 4, steps: 120, runs: 0 },
    ];
    expect(statementOf({ ...SAMPLED, pct }).slice(2)).toEqual([
      "PCT meets a bug of depth 1 among 4 threads and 120 steps with a probability of at least 1/4 = 25 % each time: " +
        "10 executions miss it with a probability of at most 5.6 %.",
      "PCT meets a bug of depth 2 among 4 threads and 120 steps with a probability of at least 1/(4·120) = 0.21 % " +
        "each time: 1,000 executions miss it with a probability of at most 12 %.",
      "Of bugs of depth 3 so few executions say next to nothing.",
    ]);
  });

  it("that executions that were chosen are no samples", () => {
    expect(statementOf({ ...SAMPLED, chosen: 2500 }).slice(0, 2)).toEqual([
      "7,500 executions were drawn, and none failed: with 95 % confidence at most 0.04 % of such executions fail " +
        "(rule of three).",
      "2,500 more were enumerated, or chosen by what former ones had shown, and none failed; they are no samples, and " +
        "nothing follows from their number.",
    ]);
    expect(statementOf({ ...SAMPLED, chosen: 10_000 })[0]).toBe(
      "10,000 executions were enumerated or chosen, and none failed. They showed 7,312 different traces; they are no " +
        "samples, and nothing follows for those that are left.",
    );
  });

  it("nothing, if nothing was run", () => {
    expect(statementOf({ ...SAMPLED, figures: { ...SAMPLED.figures, schedules: 0 } })).toEqual(["Nothing was run."]);
  });
});
