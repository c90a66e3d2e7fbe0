import { describe, expect, it } from "vitest";
import { Dfs } from "../../../../src/executor/explorer/strategy/dfs.ts";
import { exploreAll } from "../golden/explore_all.ts";
import { racing } from "./racing.ts";

describe("brute force", () => {
  it.each([
    [[1, 1], 2],
    [[2, 2], 6],
    [[3, 2, 1], 60],
    [[2, 2, 2], 90],
    [[1, 1, 1, 1], 24],
  ] as const)("runs the (n1 + n2 + …)! / (n1! n2! …) interleavings of %j steps", (steps, interleavings) => {
    const all = exploreAll(racing(steps), new Dfs());
    expect(all.executions).toBe(interleavings);
    expect(all.traces).toBe(interleavings); // each is one of its own, since all steps race
  });

  it("asks chance for both answers, and never twice for the same", () => {
    expect(exploreAll(racing([1], 3), new Dfs()).executions).toBe(2 ** 3);
  });
});
