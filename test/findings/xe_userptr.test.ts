import { describe, expect, it } from "vitest";
import { DEFAULT_CONFIG } from "../../src/boot/config.ts";
import { runInOneThread, type OneThreadOutcome } from "../../src/boot/one_thread.ts";

/** docs/findings/1: two CPUs invalidate overlapping parts of one userptr while one GPU uses it. */
const SEEDS = 60;

function overlap(driver: string, seed: number): OneThreadOutcome {
  const config = {
    ...DEFAULT_CONFIG,
    driver,
    scenario: "overlap",
    gpus: 1,
    cpus: 2,
    contexts: 1,
    frames: 4096,
    tlbLatencyUs: 8,
    preemptLatencyUs: 8,
    seed,
  };
  return runInOneThread({ config, invalidations: 40, maxSteps: 3_000_000 });
}

describe("xe-userptr: a second invocation overtakes the flush of the first", () => {
  it("is what the merged design does: the join oracle and I18 object", () => {
    const broken = new Set<string>();
    for (let seed = 1; seed <= SEEDS && broken.size < 2; seed++) {
      for (const rule of Object.keys(overlap("xe-userptr", seed).violationCounts)) broken.add(rule);
    }
    expect([...broken].toSorted()).toEqual(["I18", "join"]);
  });

  it("is not what the corrected variant does", () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { violations, stuck } = overlap("xe-userptr-joined", seed);
      expect({ violations, stuck }).toEqual({ violations: [], stuck: null });
    }
  });

  it("needs two invocations at once: without faults, contexts stand still instead", () => {
    for (let seed = 1; seed <= 20; seed++) expect(overlap("xe-userptr-preempt", seed).violationCounts).toEqual({});
  });
});
