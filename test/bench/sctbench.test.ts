import { describe, expect, it } from "vitest";
import { firstBug, SCT_STRATEGIES } from "../../src/bench/sctbench/measure.ts";
import { SCT_PROGRAMS, type SctProgram } from "../../src/bench/sctbench/programs.ts";
import { PUBLISHED } from "../../src/bench/sctbench/published.ts";
import { workStealingQueue } from "../../src/bench/sctbench/work_stealing_queue.ts";
import { program } from "../../src/executor/explorer/program/program.ts";

const SEEDS = 20;
/** Those whose figures take minutes; docs/sctbench.md has them. */
const LARGE = new Set([
  "reorder_10",
  "reorder_20",
  "reorder_50",
  "reorder_100",
  "twostage_20",
  "twostage_50",
  "twostage_100",
  "safestack",
]);
/** Figures that are missed, and by how much at most; docs/sctbench.md says why. */
const MISSED: Readonly<Record<string, number>> = { "carter01 random": 3, "work_stealing_queue pos": 2.5 };

describe("schedules to the first bug are within twice the published figure", () => {
  for (const sct of SCT_PROGRAMS.filter(({ name }) => !LARGE.has(name))) {
    it.each(SCT_STRATEGIES)(`${sct.name} by %s`, (strategy) => {
      const published = PUBLISHED[sct.name]?.[strategy];
      if (published === null) return;
      const { mean, found } = firstBug(sct, strategy, SEEDS, 10_000);
      expect(found).toBeGreaterThan(0);
      if (published === undefined) return;
      expect(found).toBe(SEEDS);
      expect(mean).toBeLessThanOrEqual((MISSED[`${sct.name} ${strategy}`] ?? 2) * published);
    });
  }
});

it.each(["urw", "surw"])("reorder_10 by %s", (strategy) => {
  const { mean, found } = firstBug(programOf("reorder_10"), strategy, SEEDS, 10_000);
  expect(found).toBe(SEEDS);
  expect(mean).toBeLessThanOrEqual(2 * PUBLISHED["reorder_10"][strategy]!);
});

it.each(["reorder_10", "reorder_20"])("a random walk does not find %s in ten times what SURW needs", (name) => {
  const surw = firstBug(programOf(name), "surw", SEEDS, 10_000);
  expect(surw.found).toBe(SEEDS);
  expect(firstBug(programOf(name), "random", SEEDS, Math.ceil(10 * surw.mean!)).found).toBe(0);
});

it.each(SCT_STRATEGIES)("%s finds nothing in the work-stealing queue whose owner leaves one slot free", (strategy) => {
  const sct = { name: "fixed", make: () => program("fixed", workStealingQueue(1)) };
  expect(firstBug(sct, strategy, 1, 1000).found).toBe(0);
});

function programOf(name: string): SctProgram {
  return SCT_PROGRAMS.find((sct) => sct.name === name)!;
}
