import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import {
  falseAlarmsOf,
  renderKillMatrix,
  survivorsOf,
  type KillCell,
  type KillMatrix,
  type KillRow,
} from "../../src/report/kill_matrix.ts";
import { medianOf } from "../../src/hunt/kill/median.ts";

type Counts = readonly (number | null)[];

const STRATEGIES = ["portfolio", "random", "pct", "pos", "urw", "surw", "dpor"];
const NEVER: Counts = [null, null, null, null, null, null];
const SEEDED: Readonly<Record<string, Counts>> = {
  quick: [1, 2, 1, 3, 1, 1],
  slow: [40, 1200, 17_000, null, 90, 800],
  never: NEVER,
};

function cell(strategy: string, counts: Counts, rule: string): KillCell {
  const killed = counts.filter((count) => count !== null).length;
  return { strategy, killed, ...medianOf(counts), counts, rules: killed === 0 ? {} : { [rule]: killed }, others: {} };
}

function row(bug: string | null, counts: Counts, where: Partial<KillRow> = {}): KillRow {
  const cells = STRATEGIES.map((strategy) => cell(strategy, counts, "join"));
  return { bug, origin: bug === null ? null : "own", driver: "two-pass", scenario: "unmap", faults: {}, cells, ...where };
}

const MATRIX: KillMatrix = {
  strategies: STRATEGIES,
  seeds: 6,
  schedules: 20_000,
  hasInterval: true,
  interrupted: false,
  rows: [
    ...Object.entries(SEEDED).map(([bug, counts]) => row(bug, counts)),
    row(null, NEVER),
    row(null, NEVER, { faults: { lostAnswerPercent: 50 } }),
  ],
};

it("is a table that fits the terminal", () => {
  const text = renderKillMatrix(MATRIX);
  expect(text).toBe(readFileSync(new URL("../golden/report/kill_matrix.txt", import.meta.url), "utf8"));
  for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
});

it("names survivors, and designs that were wrongly accused", () => {
  expect(survivorsOf(MATRIX)).toEqual(["never"]);
  expect(falseAlarmsOf(MATRIX)).toEqual([]);
  expect(renderKillMatrix({ ...MATRIX, rows: MATRIX.rows.slice(0, 1) })).toContain("1 of 1 bugs were killed");
  const accused = { ...MATRIX, rows: [row(null, [null, 7, null, null, null, null])] };
  expect(falseAlarmsOf(accused)).toEqual(["two-pass in unmap"]);
  expect(renderKillMatrix(accused)).toContain("FOUND 1");
  expect(renderKillMatrix(accused)).toContain("FALSE ALARMS: two-pass in unmap");
});

it("does not count a failure of another rule, but names it", () => {
  const cells = [
    { ...cell("pct", NEVER, "join"), others: { I23: 4 } },
    { ...cell("random", NEVER, "join"), others: { I23: 1 } },
  ];
  const text = renderKillMatrix({ ...MATRIX, strategies: ["pct", "random"], rows: [row("hidden", NEVER, { cells })] });
  expect(text).toContain(`
other rule, not counted for hidden: I23: The order of locks has no circle (pct,
4 seeds); I23: The order of locks has no circle (random, 1 seed)
`);
  expect(text).toContain("SURVIVORS: hidden");
});

it("has no interval of few seeds, and says so", () => {
  expect(renderKillMatrix({ ...MATRIX, seeds: 5, hasInterval: false, rows: [] })).toContain("the smallest and largest (so few");
});

it("claims nothing of what was not run", () => {
  const text = renderKillMatrix({ ...MATRIX, rows: MATRIX.rows.slice(0, 2), interrupted: true });
  expect(text).toContain("2 of 2 bugs were killed");
  expect(text).not.toContain("correct");
  expect(text).toContain("interrupted: the rows that are missing were not run");
  expect(renderKillMatrix({ ...MATRIX, rows: [], interrupted: true })).not.toContain("killed");
});
