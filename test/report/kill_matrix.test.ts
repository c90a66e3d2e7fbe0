import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { renderKillMatrix, survivorsOf, type KillMatrix } from "../../src/report/kill_matrix.ts";
import { medianOf } from "../../src/hunt/median.ts";

const counts: Readonly<Record<string, readonly (number | null)[]>> = {
  quick: [1, 2, 1, 3, 1, 1],
  slow: [40, 1200, 17_000, null, 90, 800],
  never: [null, null, null, null, null, null],
};

const MATRIX: KillMatrix = {
  strategies: ["portfolio", "random", "pct", "pos", "urw", "surw", "dpor"], seeds: 6, schedules: 20_000, alarms: [], interrupted: false,
  rows: Object.keys(counts).map((bug) => ({
    bug, origin: "own", driver: "two-pass", scenario: "unmap",
    cells: ["portfolio", "random", "pct", "pos", "urw", "surw", "dpor"].map((strategy) => {
      const { median, low, high } = medianOf(counts[bug]);
      return { strategy, killed: counts[bug].filter((count) => count !== null).length, median, low, high, counts: counts[bug] };
    }),
  })),
};

it("is a table that fits the terminal", () => {
  const text = renderKillMatrix(MATRIX);
  expect(text).toBe(readFileSync(new URL("../golden/report/kill_matrix.txt", import.meta.url), "utf8"));
  for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
});

it("names survivors, and designs that were wrongly accused", () => {
  expect(survivorsOf(MATRIX)).toEqual(["never"]);
  expect(renderKillMatrix({ ...MATRIX, rows: MATRIX.rows.slice(0, 1) })).toContain("all 1 bugs were killed");
  expect(renderKillMatrix({ ...MATRIX, alarms: ["two-pass in unmap"] })).toContain("FALSE ALARMS: two-pass in unmap");
  expect(renderKillMatrix({ ...MATRIX, alarms: null, interrupted: true })).toContain("interrupted");
});
