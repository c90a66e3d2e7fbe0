import { expect, it } from "vitest";
import { DEFAULT_CONFIG, SILENT_GPU, type MachineConfig } from "../../src/boot/config.ts";
import { runSimulated } from "../../src/boot/simulated_run.ts";
import { DEFAULT_COSTS } from "../../src/executor/simulator/costs.ts";

/** GPUs so slow that a second of their work costs few steps. */
const COSTS = { ...DEFAULT_COSTS, deviceStepNs: 1000 };

function run(driver: string) {
  const config: MachineConfig = {
    ...DEFAULT_CONFIG,
    driver,
    gpus: 2,
    cpus: 1,
    contexts: 1,
    frames: 4096,
    scenario: "busy-page",
    profiles: [{}, SILENT_GPU],
  };
  return runSimulated(config, { costs: COSTS, invalidations: 4, seconds: 2 });
}

it("as merged, xe's userptrs take the time-out for a flush, and the GPU goes on with the pages (RULES 70)", () => {
  const { violationCounts, snapshot } = run("xe-userptr");
  expect(snapshot.counts.invalidations).toBeGreaterThanOrEqual(4);
  expect(Object.keys(violationCounts)).toEqual(expect.arrayContaining(["I18", "join", "stale-access"]));
});

it("two-pass sends again and again, and would rather hang than give the pages away", () => {
  const { isOver, violationCounts, snapshot } = run("two-pass");
  expect(isOver).toBe(false);
  expect(violationCounts).toEqual({});
  expect(snapshot.counts.invalidations).toBe(1);
  expect(snapshot.counts.flushes).toBeGreaterThan(5);
});
