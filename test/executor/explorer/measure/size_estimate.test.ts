import { describe, expect, it } from "vitest";
import { explore } from "../../../../src/executor/explorer/engine/explore.ts";
import { probeSize } from "../../../../src/executor/explorer/measure/size_probe.ts";
import { estimateSize, secondsToGo } from "../../../../src/executor/explorer/measure/size_estimate.ts";
import { Dfs } from "../../../../src/executor/explorer/strategy/dfs.ts";
import { Dpor } from "../../../../src/executor/explorer/strategy/dpor/dpor.ts";
import { casrot, inc, readers } from "../golden/counters.ts";
import { lastZero } from "../golden/arrays.ts";

describe("the estimated size of an exploration", () => {
  it("takes what is not explored yet for as large as its explored neighbours", () => {
    expect(estimateSize([], 0, 1)).toEqual({ executions: 1, done: 0 });
    // one of three branches is finished and had 4 executions; the second one has just been entered, and the first of its two is
    // seen
    expect(
      estimateSize(
        [
          { entered: 0, finished: 1, branches: 3 },
          { entered: 4, finished: 0, branches: 2 },
        ],
        5,
        1,
      ),
    ).toEqual({ executions: 9, done: 5 / 9 });
    expect(estimateSize([{ entered: 0, finished: 0, branches: 4 }], 1, 0.5).executions).toBe(1 + 0.5 + 0.25 + 0.125);
  });

  it("is exact at the end", () => {
    for (const subject of [readers(5), casrot(5), inc(3)]) {
      for (const strategy of [new Dfs(), new Dpor(subject.words.length)]) {
        const { schedules } = explore({ subject, strategy, seed: 1, schedules: 10_000 });
        expect(strategy.estimate()).toEqual({ executions: schedules, done: 1 });
      }
    }
  });

  it.each([readers(10), inc(4), lastZero(10)].map((subject) => ({ name: subject.name, subject })))(
    "is within a factor of 6 of $name from a tenth of it on",
    ({ subject }) => {
      const strategy = new Dpor(subject.words.length);
      const estimates: number[] = [];
      const { schedules } = explore({
        subject,
        strategy,
        seed: 1,
        schedules: 5000,
        onExecution: () => estimates.push(strategy.estimate().executions),
      });
      for (const estimate of estimates.slice(Math.floor(schedules / 10))) {
        expect(estimate).toBeGreaterThan(schedules / 6);
        expect(estimate).toBeLessThan(schedules * 6);
      }
    },
  );

  it("and the pace so far give the time to go", () => {
    expect(secondsToGo({ executions: 1000, done: 0.25 }, 250, 5_000)).toBe(15);
    expect(secondsToGo({ executions: 1000, done: 0 }, 0, 5_000)).toBeNull();
  });
});

describe("the size of an exploration, before it begins", () => {
  it.each([readers(5), inc(3), lastZero(6)].map((subject) => ({ name: subject.name, subject })))(
    "is within two standard errors of the traces of $name",
    ({ subject }) => {
      const { schedules } = explore({
        subject,
        strategy: new Dpor(subject.words.length),
        seed: 1,
        schedules: 10_000,
        keepGoing: true,
      });
      const { traces, standardError } = probeSize(subject, 2000, 1);
      expect(Math.abs(traces - schedules)).toBeLessThan(2 * standardError + 1e-9);
      expect(standardError).toBeLessThan(schedules);
    },
  );

  it("is exact where nobody has a choice", () => {
    expect(probeSize(inc(1), 10, 1)).toEqual({ traces: 1, standardError: 0 });
  });
});
