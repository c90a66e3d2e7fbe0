import { describe, expect, it } from "vitest";
import { Explorer } from "../../../../src/executor/explorer/engine/explore.ts";
import { PreemptionBound } from "../../../../src/executor/explorer/strategy/preemption_bound.ts";
import { exploreAll } from "../golden/explore_all.ts";
import { racing } from "./racing.ts";

const STEPS = [3, 3, 3];
const SUBJECT = racing(STEPS);

describe("a bound of preemptions", () => {
  it("of 0 leaves the n! orders of n threads that never wait", () => {
    for (const [steps, orders] of [
      [[3, 2], 2],
      [STEPS, 6],
      [[1, 2, 1, 2], 24],
    ] as const) {
      expect(exploreAll(racing(steps), new PreemptionBound(0)).executions).toBe(orders);
    }
  });

  /**
   * Theorem 1 of the paper, for n threads of at most k steps, of which b block: at most C(nk, c) (nb + c)! executions; the last
   * of each blocks.
   */
  it.each([0, 1, 2, 3])("of %i leaves no more executions than the paper says", (bound) => {
    const n = STEPS.length;
    const most = choose(n * 3, bound) * factorial(n + bound);
    expect(exploreAll(SUBJECT, new PreemptionBound(bound)).executions).toBeLessThanOrEqual(most);
  });

  it.each([1, 2])("of %i is kept by each execution, and reached by some", (bound) => {
    const explorer = new Explorer({ subject: SUBJECT, strategy: new PreemptionBound(bound), seed: 1 });
    const seen = new Set<number>();
    for (let index = 0; explorer.run(index) !== null; index++) {
      seen.add(preemptionsIn([...explorer.recording.schedule().threads]));
    }
    expect([...seen].toSorted((a, b) => a - b)).toEqual(Array.from({ length: bound + 1 }, (_, i) => i));
  });

  it("that grows leads to all interleavings in the end", () => {
    const { executions, traces } = exploreAll(racing([2, 2]), new PreemptionBound(null));
    expect(traces).toBe(6);
    expect(executions).toBeGreaterThan(traces); // each bound begins anew
  });
});

/** Switches away from a thread that has steps left. */
function preemptionsIn(threads: readonly number[]): number {
  return threads.filter((thread, at) => at > 0 && thread !== threads[at - 1] && threads.indexOf(threads[at - 1], at) >= 0).length;
}

function factorial(n: number): number {
  return n <= 1 ? 1 : n * factorial(n - 1);
}

function choose(n: number, k: number): number {
  return k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k;
}
