import { expect, it } from "vitest";
import { DEFAULT_CONFIG } from "../../src/boot/config.ts";
import { runInOneThread } from "../../src/boot/one_thread.ts";
import { DRIVER_NAMES } from "../../src/driver/catalogue.ts";
import { SCENARIO_NAMES } from "../../src/scenario/catalogue.ts";

const CONFIG = { ...DEFAULT_CONFIG, gpus: 2, cpus: 2, contexts: 1, frames: 4096, tlbLatencyUs: 2 };

for (const driver of ["two-pass", "single-pass"]) {
  it.each(SCENARIO_NAMES)(`runs %s under ${driver}, interleaved at every step, without a violation`, (scenario) => {
    for (let seed = 1; seed <= 2; seed++) {
      const outcome = runInOneThread({ config: { ...CONFIG, driver, scenario, seed }, invalidations: 40, maxSteps: 3_000_000 });
      expect({ stuck: outcome.stuck, violations: outcome.violations.map(({ rule, message }) => `${rule}: ${message}`) }).toEqual({
        stuck: null,
        violations: [],
      });
      expect(outcome.snapshot.counts.flushes).toBeGreaterThan(0);
    }
  });
}

it("notifier-churn: an invalidation that began before the first notifier came ends as it began", () => {
  const config = { ...CONFIG, cpus: 3, scenario: "notifier-churn", seed: 19 };
  expect(runInOneThread({ config, invalidations: 19, maxSteps: 3_000_000 })).toMatchObject({ stuck: null, violations: [] });
});

it("knows the drivers that it tests", () => {
  expect(DRIVER_NAMES).toEqual(expect.arrayContaining(["two-pass", "single-pass"]));
});

it("does the same again from the same seed", () => {
  const run = () => runInOneThread({ config: { ...CONFIG, seed: 7 }, invalidations: 20, maxSteps: 3_000_000 });
  expect(run()).toEqual(run());
});
