import { describe, expect, it } from "vitest";
import { firstBug, SCT_STRATEGIES } from "../../src/bench/sctbench/measure.ts";
import { SCT_PROGRAMS } from "../../src/bench/sctbench/programs.ts";
import { PUBLISHED } from "../../src/bench/sctbench/published.ts";

const SEEDS = 20;
/** Those whose figures take minutes; docs/sctbench.md has them. */
const LARGE = new Set(["reorder_10", "reorder_100", "twostage_100"]);
/** Figures that are missed, and by how much at most; docs/sctbench.md says why. */
const MISSED: Readonly<Record<string, number>> = {};

describe("schedules to the first bug are within twice the published figure", () => {
  for (const sct of SCT_PROGRAMS.filter(({ name }) => !LARGE.has(name))) {
    it.each(SCT_STRATEGIES)(`${sct.name} by %s`, (strategy) => {
      const published = PUBLISHED[sct.name][strategy];
      if (published === null) return;
      const { mean, found } = firstBug(sct, strategy, SEEDS, 10_000);
      expect(found).toBe(SEEDS);
      expect(mean).toBeLessThanOrEqual((MISSED[`${sct.name} ${strategy}`] ?? 2) * published);
    });
  }
});

it("a random walk does not find reorder_10 in ten times what SURW needs", () => {
  const sct = SCT_PROGRAMS.find(({ name }) => name === "reorder_10")!;
  const surw = firstBug(sct, "surw", SEEDS, 10_000);
  expect(surw.found).toBe(SEEDS);
  expect(firstBug(sct, "random", SEEDS, Math.ceil(10 * surw.mean!)).found).toBe(0);
});
