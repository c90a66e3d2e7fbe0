import { describe, expect, it } from "vitest";
import { explore } from "../../../../src/executor/explorer/engine/explore.ts";
import type { Recording } from "../../../../src/executor/explorer/engine/recording.ts";
import { Statistics, sumOf, switchesOf } from "../../../../src/executor/explorer/measure/statistics.ts";
import { Dfs } from "../../../../src/executor/explorer/strategy/dfs.ts";
import { TraceHash } from "../../../../src/executor/explorer/measure/trace_hash.ts";
import { counters } from "../../../fixtures/hunt/programs.ts";

describe("statistics of executions", () => {
  it("count steps, switches and traces", () => {
    const statistics = new Statistics();
    for (const [steps, switches, trace] of [
      [10, 3, 7],
      [12, 5, 8],
      [14, 4, 8],
      [16, 9, 9],
    ])
      statistics.add({ steps, switches, trace });
    expect(statistics.figures()).toEqual({
      schedules: 4,
      steps: 52,
      traces: { unique: 3, singletons: 2, doubletons: 1, isExact: true },
      switches: { min: 3, average: 5.25, max: 9 },
    });
  });

  it("find as many traces as a brute-force search has: each order of three times two increments", () => {
    const subject = counters();
    const statistics = new Statistics();
    const hash = new TraceHash(subject.words.length);
    const onExecution = (_: number, recording: Recording) => {
      statistics.add({ steps: recording.length, switches: switchesOf(recording), trace: hash.of(recording) });
    };
    expect(explore({ subject, strategy: new Dfs(), seed: 1, schedules: 1000, onExecution })).toMatchObject({
      exhaustive: true,
      schedules: 90,
    });
    expect(statistics.figures()).toMatchObject({ traces: { unique: 90, singletons: 90 }, switches: { min: 2, max: 5 } });
  });

  it("add up over subjects, and leave out those that never ran", () => {
    const figures = (count: number) => {
      const statistics = new Statistics();
      for (let trace = 0; trace < count; trace++) statistics.add({ steps: 10, switches: 2 + count, trace });
      return statistics.figures();
    };
    expect(sumOf([figures(1), figures(0), figures(3)])).toEqual({
      schedules: 4,
      steps: 40,
      traces: { unique: 4, singletons: 4, doubletons: 0, isExact: true },
      switches: { min: 3, average: 4.5, max: 5 },
    });
    expect(sumOf([])).toEqual(figures(0));
  });
});
