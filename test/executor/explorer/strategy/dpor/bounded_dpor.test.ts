import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { explore } from "../../../../../src/executor/explorer/engine/explore.ts";
import { BoundedDpor } from "../../../../../src/executor/explorer/strategy/dpor/bounded_dpor.ts";
import { PreemptionBound } from "../../../../../src/executor/explorer/strategy/preemption_bound.ts";
import { exploreAll } from "../../golden/explore_all.ts";
import { randomProgram, randomThreads } from "../../golden/random_program.ts";
import { SCTBENCH } from "../../golden/sctbench.ts";

describe("DPOR within a bound of preemptions", () => {
  it("ends as all executions within the bound do", () => {
    fc.assert(
      fc.property(randomThreads(), fc.nat(3), (threads, bound) => {
        const subject = randomProgram(threads);
        const reference = exploreAll(subject, new PreemptionBound(bound), 0, 3_000);
        if (reference.isCut) return;
        const all = exploreAll(subject, new BoundedDpor(subject.words.length, bound));
        expect(all.outcomes).toEqual(reference.outcomes);
        expect(all.failures).toEqual(reference.failures);
      }),
      { numRuns: 300 },
    );
  });

  it.each(SCTBENCH.map((facts) => ({ name: facts.subject.name, facts })))(
    "finds the failure of $name with as many preemptions as it needs",
    ({
      facts: {
        subject,
        preemption: [, needed],
      },
    }) => {
      for (let bound = 0; bound <= needed; bound++) {
        const strategy = new BoundedDpor(subject.words.length, bound);
        expect(explore({ subject, strategy, seed: 1, schedules: 1000 }).found).toHaveLength(bound === needed ? 1 : 0);
      }
    },
  );

  it("runs fewer executions than brute force", () => {
    const { subject } = SCTBENCH[3];
    const { executions } = exploreAll(subject, new BoundedDpor(subject.words.length, 2));
    expect(executions).toBeLessThan(exploreAll(subject, new PreemptionBound(2)).executions);
  });
});
