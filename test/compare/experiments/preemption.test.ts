import { describe, expect, it } from "vitest";
import { preemption } from "../../../src/compare/experiments/preemption.ts";
import { measure } from "../../../src/compare/trial.ts";
import { DEFAULT_COSTS } from "../../../src/executor/simulator/costs.ts";
import { measured } from "../../report/comparisons.ts";

const OPTIONS = { designs: [], gpus: [1], tlbLatencyUs: [40], cpus: 1, seed: 1 };
const TRIALS = preemption.trials(OPTIONS);

function wholeUs(labels: Readonly<Record<string, string | number>>): number {
  const trial = TRIALS.find((one) => Object.entries(labels).every(([name, value]) => one.labels[name] === value))!;
  const { wholeUs: whole, isOver } = measure(trial, DEFAULT_COSTS);
  expect(isOver).toBe(true);
  return whole.p50;
}

describe("preemption and flush", () => {
  it("take the sum in one pass; the preemptions overlap in two, the flushes too in three", () => {
    const at = (design: string) => wholeUs({ contexts: "busy", preemption: 100, GPUs: 4, design });
    const [one, two, three] = [at("one pass"), at("two passes"), at("three passes")];
    expect(one).toBeGreaterThan(4 * (100 + 40));
    expect(two).toBeGreaterThan(100 + 4 * 40);
    expect(two).toBeLessThan(one - 2 * 100);
    expect(three).toBeGreaterThan(100 + 40);
    expect(three).toBeLessThan(100 + 2 * 40);
  });

  it("cost the flush alone if contexts are at rest", () => {
    const us = wholeUs({ contexts: "idle", GPUs: 4, design: "three passes" });
    expect(us).toBeGreaterThan(40);
    expect(us).toBeLessThan(2 * 40);
  });

  it("lead to an answer for each time that a context needs, for contexts at rest, and for xe", () => {
    const results = TRIALS.map(({ labels }, index) => ({ labels, measured: measured(Number(labels["GPUs"]), 1 + index) }));
    expect(preemption.conclude(results, OPTIONS).answer).toHaveLength(6);
  });
});
