import { describe, expect, it } from "vitest";
import { RandomWalk } from "../../../../src/executor/explorer/strategy/random.ts";
import { chiSquare, countsOf, failingShare, isNear, itSamples, lateWrite, LIMIT_OF_60, LOCK_FREE } from "./sampling.ts";

const EXECUTIONS = 20_000;

describe("the random walk", () => {
  itSamples("random");

  it("lets everybody who can run go with the same probability, whatever is before it", () => {
    const first = countsOf(LOCK_FREE, new RandomWalk(1), EXECUTIONS, ({ recording }) => String(recording.thread[0]));
    for (const thread of ["0", "1", "2"]) expect(isNear(first.get(thread)! / EXECUTIONS, 1 / 3, EXECUTIONS)).toBe(true);
  });

  it("therefore draws some interleavings more often than others", () => {
    expect(chiSquare(countsOf(LOCK_FREE, new RandomWalk(1), 60_000), 60)).toBeGreaterThan(LIMIT_OF_60);
  });

  it("finds what needs one thread to wait for k steps of another with a probability of 2^-k", () => {
    expect(isNear(failingShare(lateWrite(4), new RandomWalk(1), EXECUTIONS), 2 ** -5, EXECUTIONS)).toBe(true);
    expect(failingShare(lateWrite(24), new RandomWalk(1), EXECUTIONS)).toBe(0);
  });
});
