import { describe, expect, it } from "vitest";
import { createStrategy } from "../../../../src/executor/explorer/strategy/catalogue.ts";
import { chiSquare, countsOf, itSamples, LIMIT_OF_60, LOCK_FREE } from "./sampling.ts";

const EXECUTIONS = 60_000;

function chiSquareOf(name: string): number {
  return chiSquare(countsOf(LOCK_FREE, createStrategy({ name, seed: 1 }, LOCK_FREE), EXECUTIONS), 60);
}

describe("URW", () => {
  itSamples("urw");

  it("draws interleavings uniformly, by a chi-square test", () => {
    expect(chiSquareOf("urw")).toBeLessThan(LIMIT_OF_60);
  });

  it("and the test knows one that does not", () => {
    expect(chiSquareOf("random")).toBeGreaterThan(LIMIT_OF_60);
  });
});
