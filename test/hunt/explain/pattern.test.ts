import { expect, it } from "vitest";
import { patternOf } from "../../../src/hunt/explain/pattern.ts";

const order = (before: [string, number], after: [string, number]) => ({
  before: { task: before[0], step: before[1] },
  after: { task: after[0], step: after[1] },
});

it("one order between two tasks is an order violation", () => {
  expect(patternOf("violation", [order(["cpu0", 3], ["gpu0.ctx0", 9])], 0.5)).toEqual({
    name: "order violation",
    meaning: "cpu0 comes before gpu0.ctx0, and nothing makes it wait",
  });
});

it("somebody in between two steps of another is an atomicity violation", () => {
  expect(patternOf("assertion", [order(["cpu0", 3], ["cpu1", 5]), order(["cpu1", 7], ["cpu0", 9])], 0.5)?.name).toBe(
    "atomicity violation (A-B-A)",
  );
  expect(patternOf("assertion", [order(["cpu0", 3], ["cpu1", 8]), order(["cpu1", 7], ["cpu0", 8])], 0.5)?.name).toBe(
    "order violation",
  );
});

it("what the explorer knows by name keeps it", () => {
  expect(patternOf("lost-wakeup", [], 1)?.name).toBe("lost wake-up");
  expect(patternOf("lock-order", [], 1)?.name).toBe("ABBA deadlock");
});

it("what fails in any order is no race", () => {
  expect(patternOf("violation", [], 1)?.name).toBe("no race");
  expect(patternOf("violation", [], 0.5)).toBeNull();
});
