import { describe, expect, it } from "vitest";
import { explore } from "../../../../src/executor/explorer/engine/explore.ts";
import { DelayBound } from "../../../../src/executor/explorer/strategy/delay_bound.ts";
import { Dfs } from "../../../../src/executor/explorer/strategy/dfs.ts";
import { Dpor } from "../../../../src/executor/explorer/strategy/dpor/dpor.ts";
import type { Enumeration } from "../../../../src/executor/explorer/strategy/enumeration.ts";
import { PreemptionBound } from "../../../../src/executor/explorer/strategy/preemption_bound.ts";
import type { Program } from "../../../../src/executor/explorer/program/program.ts";
import { exploreAll } from "../golden/explore_all.ts";
import { SCTBENCH } from "../golden/sctbench.ts";

const PROGRAMS = SCTBENCH.map((facts) => ({ name: facts.subject.name, facts }));

describe("exhaustive strategies on SCTBench", () => {
  it.each(PROGRAMS)(
    "count the interleavings, failures and traces of $name",
    ({ facts: { subject, interleavings, buggy, traces } }) => {
      const all = exploreAll(subject, new Dfs());
      expect([all.executions, all.executions - all.done, all.traces]).toEqual([interleavings, buggy, traces]);
      const dpor = new Dpor(subject.words.length);
      expect(exploreAll(subject, dpor)).toMatchObject({
        executions: traces,
        traces,
        outcomes: all.outcomes,
        failures: all.failures,
      });
      expect(dpor.blocked).toBe(0);
    },
  );

  it.each(PROGRAMS)("find the failure of $name where they are said to", ({ facts: { subject, dfs, preemption, delay } }) => {
    expect(firstFailure(subject, new Dfs())[0]).toBe(dfs);
    expect(firstFailure(subject, new PreemptionBound(null))).toEqual(preemption);
    expect(firstFailure(subject, new DelayBound(null))).toEqual(delay);
  });

  it("find nothing within a bound that is too small, and say that they are done", () => {
    const { subject } = SCTBENCH[2];
    expect(explore({ subject, strategy: new PreemptionBound(0), seed: 1, schedules: 1000 })).toMatchObject({
      found: [],
      exhaustive: true,
      schedules: 6,
    });
  });
});

/** Number of the execution, from 1, and the bound that it kept to. */
function firstFailure(subject: Program, strategy: Enumeration): [number, number] {
  const { found } = explore({ subject, strategy, seed: 1, schedules: 10_000 });
  return [found[0].index + 1, strategy.bound];
}
