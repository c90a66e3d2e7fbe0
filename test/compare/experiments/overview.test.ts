import { describe, expect, it } from "vitest";
import { overview } from "../../../src/compare/experiments/overview.ts";
import { measure } from "../../../src/compare/trial.ts";
import { DEFAULT_COSTS } from "../../../src/executor/simulator/costs.ts";

const OPTIONS = { designs: ["two-pass", "finish-at-range-end"], gpus: [1], tlbLatencyUs: [40], cpus: 1, seed: 1 };

describe("the overview", () => {
  const results = overview.trials(OPTIONS).map((trial) => ({ labels: trial.labels, measured: measure(trial, DEFAULT_COSTS) }));
  const { answer, table } = overview.conclude(results, OPTIONS);
  const column = (title: string) => table.columns.findIndex((one) => one.title === title);

  it("counts the pages that a finish at range_end leaves to the GPUs, and none for two passes", () => {
    const [right, wrong] = table.rows;
    expect(right[column("hazards")]).toBe(0);
    expect(wrong[column("hazards")]).toBeGreaterThan(0);
    expect(wrong[column("of rules")]).toContain("I10");
    expect(answer[0]).toMatch(/^Confirmed: designs: 2, .*: 1, objected to here: finish-at-range-end\.$/);
  });

  it("has a figure foreverything that a design with a user lock does", () => {
    expect(table.rows[0].every((cell) => cell !== null)).toBe(true);
  });

  it("does not confirm that designs which are meant to be right are right, if one is objected to", () => {
    const violations = { I10: 1 };
    const objected = results.map(({ labels, measured }) => ({
      labels,
      measured: labels["design"] === "two-pass" ? { ...measured, violations } : measured,
    }));
    expect(overview.conclude(objected, OPTIONS).answer[0]).toMatch(/^Not confirmed/);
  });
});
