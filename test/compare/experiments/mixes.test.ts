import { expect, it } from "vitest";
import { mixes } from "../../../src/compare/experiments/mixes.ts";
import { measure } from "../../../src/compare/trial.ts";
import { DEFAULT_COSTS } from "../../../src/executor/simulator/costs.ts";

const OPTIONS = { designs: [], gpus: [1], tlbLatencyUs: [40], cpus: 1, seed: 1 };

it(
  "one slow GPU costs two passes the longest latency; a single-pass notifier costs its own, and only where others start " +
    "after it",
  () => {
    const results = mixes.trials(OPTIONS).map((trial) => ({ labels: trial.labels, measured: measure(trial, DEFAULT_COSTS) }));
    const at = (mix: string) => results.find(({ labels }) => labels["mix"] === mix)!.measured.wholeUs.p50;
    expect(at("two-pass, a slow one first")).toBeLessThan(400 + 20);
    expect(at("single-pass, a slow one first")).toBeGreaterThan(400 + 7 * 40);
    expect(at("two-pass, a single-pass one first") - at("two-pass")).toBeGreaterThan(40 - 5);
    expect(at("two-pass, a single-pass one last") - at("two-pass")).toBeLessThan(10);
    expect(mixes.conclude(results, OPTIONS).answer[0]).toMatch(/^Confirmed/);
  },
);
