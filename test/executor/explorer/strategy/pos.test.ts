import { describe, expect, it } from "vitest";
import { Pos } from "../../../../src/executor/explorer/strategy/pos.ts";
import { chiSquare, countsOf, failingShare, isNear, itSamples, lateWrite, LIMIT_OF_60, LOCK_FREE } from "./sampling.ts";

const EXECUTIONS = 20_000;

describe("partial order sampling", () => {
  itSamples("pos");

  /** A step that waits keeps its priority while independent ones draw theirs: it is the last of k + 2 equal draws. */
  it.each([4, 24])("finds what needs a step to wait for %i independent ones with a probability of 1/(k + 2)", (k) => {
    expect(isNear(failingShare(lateWrite(k), new Pos(1), EXECUTIONS), 1 / (k + 2), EXECUTIONS)).toBe(true);
  });

  it("is a random walk where all steps race, for each draws anew: not uniform over interleavings", () => {
    const first = countsOf(LOCK_FREE, new Pos(1), EXECUTIONS, ({ recording }) => String(recording.thread[0]));
    for (const thread of ["0", "1", "2"]) expect(isNear(first.get(thread)! / EXECUTIONS, 1 / 3, EXECUTIONS)).toBe(true);
    expect(chiSquare(countsOf(LOCK_FREE, new Pos(1), 60_000), 60)).toBeGreaterThan(LIMIT_OF_60);
  });
});
