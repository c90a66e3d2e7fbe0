import { describe, expect, it } from "vitest";
import { DEFAULT_CONFIG, type MachineConfig } from "../../src/boot/config.ts";
import { runSimulated } from "../../src/boot/simulated_run.ts";
import { mergeLatencies } from "../../src/report/latency.ts";
import { SCENARIO_NAMES } from "../../src/scenario/catalogue.ts";

const SMALL: MachineConfig = { ...DEFAULT_CONFIG, frames: 8192, contexts: 1 };

/** Median of an invalidation of a page that all GPUs have, in microseconds. */
function invalidationUs(config: Partial<MachineConfig>): number {
  const { isOver, snapshot, violationCounts } = runSimulated(
    { ...SMALL, scenario: "page-by-page", cpus: 1, ...config },
    { invalidations: 40, seconds: 10 },
  );
  expect(isOver).toBe(true);
  expect(violationCounts).toEqual({});
  return mergeLatencies(snapshot.latencies.invalidate).getValueAtPercentile(50);
}

describe("the machine in virtual time", () => {
  it.each(SCENARIO_NAMES)("%s is clean and comes to its end", (scenario) => {
    const { isOver, violationCounts } = runSimulated(
      { ...SMALL, scenario, gpus: 3, cpus: 3 },
      { invalidations: 60, seconds: 60 },
    );
    expect(violationCounts).toEqual({});
    expect(isOver).toBe(true);
  });

  it("the same configuration gives the same run", () => {
    const run = (seed: number) => runSimulated({ ...SMALL, seed, gpus: 2, cpus: 2 }, { invalidations: 50, seconds: 60 });
    expect(run(7)).toEqual(run(7));
    expect(run(8).nowUs).not.toBe(run(7).nowUs);
  });

  it("two passes take the longest latency, one pass the sum, on top of what the software takes", () => {
    const software = invalidationUs({ gpus: 16, tlbLatencyUs: 0 });
    const mixed = { gpus: 16, profiles: [{ tlbLatencyUs: 100 }, { tlbLatencyUs: 400 }] };
    expect(invalidationUs(mixed)).toBeLessThan(1.1 * (400 + software));
    expect(invalidationUs({ ...mixed, driver: "single-pass" })).toBeGreaterThan(8 * 100 + 8 * 400);
  });

  it("latencies are drawn: each GPU is the slowest at times", () => {
    const fixed = invalidationUs({ gpus: 8, tlbLatencyUs: 100 });
    const drawn = invalidationUs({ gpus: 8, tlbLatencyUs: { kind: "log-normal", medianUs: 100, p99Us: 300 } });
    expect(drawn).toBeGreaterThan(1.3 * fixed);
    expect(drawn).toBeLessThan(4 * fixed);
  });
});
