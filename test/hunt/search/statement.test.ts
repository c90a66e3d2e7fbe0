import { describe, expect, it } from "vitest";
import { DEFAULT_HUNT_MACHINE } from "../../../src/hunt/machine/hunt_machine.ts";
import type { StrategySpec } from "../../../src/executor/explorer/strategy/kind.ts";
import type { HuntOptions } from "../../../src/hunt/search/options.ts";
import type { HuntPart } from "../../../src/hunt/search/outcome.ts";
import { partStatement, wholeStatement } from "../../../src/hunt/search/statement.ts";

const OPTIONS: HuntOptions = {
  machines: [DEFAULT_HUNT_MACHINE],
  bug: null,
  bundle: "",
  strategy: { name: "portfolio", seed: 1 },
  schedules: 1000,
  seconds: null,
  jobs: 1,
  keepGoing: false,
};

function part(schedules: number, others: Partial<HuntPart> = {}): HuntPart {
  const traces = { unique: 90, singletons: 9, doubletons: 4, isExact: true };
  const figures = { schedules, steps: 100 * schedules, traces, switches: { min: 1, average: 2, max: 3 } };
  return {
    machine: DEFAULT_HUNT_MACHINE,
    figures,
    runs: { random: schedules - 100, feedback: 100 },
    exhaustive: false,
    finding: null,
    statement: ["What it says itself."],
    ...others,
  };
}

describe("what a part of a hunt allows one to conclude", () => {
  it("does not count what feedback chose as samples", () => {
    expect(partStatement(part(1000), null, OPTIONS)[0]).toBe(
      "900 executions were drawn, and none failed: with 95 % confidence at most 0.33 % of such executions fail (rule of three).",
    );
  });

  it("knows how often PCT aimed at which depth", () => {
    const bounds = (runs: number, depth: number | null) =>
      partStatement(
        part(10_000, { runs: { pct: runs } }),
        { threads: 2, choices: 2 },
        { ...OPTIONS, strategy: { ...OPTIONS.strategy, depth } },
      )
        .slice(2)
        .map((sentence) =>
          /depth \d.*: ([\d,]+) executions/
            .exec(sentence)
            ?.slice(0, 2)
            .map((match) => match.slice(0, 7)),
        );
    expect(bounds(12, null)).toEqual([
      ["depth 1", "3"],
      ["depth 2", "3"],
      ["depth 3", "2"],
      ["depth 4", "2"],
      ["depth 5", "2"],
    ]);
    expect(bounds(2, null)).toEqual([
      ["depth 1", "1"],
      ["depth 2", "1"],
    ]);
    expect(bounds(12, 3)).toEqual([["depth 3", "12"]]);
  });

  it("names the bounds that it was explored within", () => {
    const explored = part(90, { exhaustive: true, runs: {} });
    const said = (strategy: Omit<StrategySpec, "seed">) =>
      partStatement(explored, null, { ...OPTIONS, strategy: { ...strategy, seed: 1 } })[0].split(" were run")[0];
    expect(said({ name: "delay", preemptions: 2 })).toBe("All 90 traces with at most 2 delays");
    expect(said({ name: "preemption", preemptions: 1 })).toBe("All 90 traces with at most 1 preemption");
    expect(said({ name: "dpor", preemptions: 2 })).toBe("All 90 traces with at most 2 preemptions");
    expect(said({ name: "dpor" })).toBe("All 90 traces");
  });
});

describe("what a hunt through many configurations allows one to conclude", () => {
  it("is what a single one says itself", () => {
    expect(wholeStatement([part(1000)], OPTIONS)).toEqual(["What it says itself."]);
  });

  it("tells those explored to the end from those that were sampled, and both from the rest", () => {
    const failed = part(10, { finding: {} as HuntPart["finding"], statement: [] });
    const parts = [
      part(1000),
      part(400),
      part(90, { exhaustive: true, runs: {} }),
      part(90, { exhaustive: true, runs: {} }),
      part(0),
      failed,
    ];
    expect(wholeStatement(parts, OPTIONS)).toEqual([
      "2 configurations were explored to the end: all 180 traces, and none fails.",
      "In each of 2 configurations at least 300 executions were drawn, and none failed: of any one, with 95 % " +
        "confidence, at most 1 % of such executions fail (rule of three).",
      "Nothing is said about the other 2 of 6 configurations.",
    ]);
  });

  it("says nothing about failures", () => {
    expect(wholeStatement([part(10, { finding: {} as HuntPart["finding"], statement: [] })], OPTIONS)).toEqual([]);
  });
});
