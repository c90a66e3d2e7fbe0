import { describe, expect, it } from "vitest";
import { Explorer } from "../../../../src/executor/explorer/engine/explore.ts";
import { DelayBound } from "../../../../src/executor/explorer/strategy/delay_bound.ts";
import { PreemptionBound } from "../../../../src/executor/explorer/strategy/preemption_bound.ts";
import { exploreAll } from "../golden/explore_all.ts";
import { racing } from "./racing.ts";

const STEPS = [3, 3, 3];
const SUBJECT = racing(STEPS);

function ordersOf(bound: number): string[] {
  const explorer = new Explorer({ subject: SUBJECT, strategy: new DelayBound(bound), seed: 1 });
  const orders: string[] = [];
  for (let index = 0; explorer.run(index) !== null; index++) orders.push(explorer.recording.schedule().threads.join(""));
  return orders;
}

describe("a bound of delays", () => {
  it("of 0 leaves the one execution of the fixed scheduler", () => {
    expect(ordersOf(0)).toEqual(["000111222"]);
  });

  it("of 1 leaves those in which one thread, once, has to let the next one go first", () => {
    const orders = ordersOf(1);
    expect(new Set(orders).size).toBe(orders.length);
    expect(orders).toContain("111222000");
    expect(orders).toContain("011122200");
    expect(orders).not.toContain("222000111"); // two threads let the third one go first
  });

  /**
   * Each of at most c delays happens at one of the k steps, several perhaps at the same: the sum of C(k + i - 1, i) for i up to
   * c.
   */
  it.each([0, 1, 2, 3])("of %i leaves no more executions than there are ways to spend it", (bound) => {
    const k = STEPS.reduce((sum, steps) => sum + steps);
    let most = 0;
    for (let i = 0, ways = 1; i <= bound; i++, ways = (ways * (k + i - 1)) / i) most += ways;
    expect(ordersOf(bound).length).toBeLessThanOrEqual(most);
  });

  it("leaves fewer than the same bound of preemptions, for the scheduler is fixed", () => {
    for (const bound of [0, 1, 2]) {
      expect(ordersOf(bound).length).toBeLessThan(exploreAll(SUBJECT, new PreemptionBound(bound)).executions);
    }
  });

  it("that grows leads to all interleavings in the end", () => {
    expect(exploreAll(racing([2, 2]), new DelayBound(null)).traces).toBe(6);
  });
});
