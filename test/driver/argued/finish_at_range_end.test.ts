import { describe, expect, it } from "vitest";
import { DEFAULT_CONFIG } from "../../../src/boot/config.ts";
import { runInOneThread } from "../../../src/boot/one_thread.ts";
import { explore } from "../../../src/executor/explorer/engine/explore.ts";
import { RandomWalk } from "../../../src/executor/explorer/strategy/random.ts";
import { DEFAULT_HUNT_MACHINE } from "../../../src/hunt/machine/hunt_machine.ts";
import { HuntSubject } from "../../../src/hunt/machine/subject.ts";

const SEEDS = 6;

/** Rules that are broken in runs of a stress scenario, interleaved at every step, until all of `wanted` have been. */
function brokenInStress(driver: string, wanted: readonly string[]): string[] {
  const broken = new Set<string>();
  for (let seed = 1; seed <= SEEDS && !(wanted.length > 0 && wanted.every((rule) => broken.has(rule))); seed++) {
    const config = {
      ...DEFAULT_CONFIG,
      driver,
      scenario: "overlap",
      gpus: 2,
      cpus: 2,
      contexts: 2,
      frames: 4096,
      tlbLatencyUs: 400,
      seed,
    };
    for (const rule of Object.keys(runInOneThread({ config, invalidations: 60, maxSteps: 3_000_000 }).violationCounts))
      broken.add(rule);
  }
  return [...broken];
}

/** Rules that are broken in executions of a play. */
function brokenInHunt(driver: string, scenario: string): string[] {
  const subject = new HuntSubject({ ...DEFAULT_HUNT_MACHINE, driver, play: scenario });
  const { found } = explore({ subject, strategy: new RandomWalk(1), seed: 1, schedules: 60, keepGoing: true });
  return [...new Set(found.map(({ failure }) => failure.rule))];
}

describe("a second pass at range_end, the negative control", () => {
  it("is objected to in stress: by the order of callbacks, by join, and by what devices do to pages that are gone", () => {
    const wanted = ["I10", "join", "stale-access"];
    expect(brokenInStress("finish-at-range-end", wanted)).toEqual(expect.arrayContaining(wanted));
    expect(brokenInStress("two-pass", [])).toEqual([]);
  });

  it("is objected to in hunts, whatever the order of steps", () => {
    expect(brokenInHunt("finish-at-range-end", "unmap")).toContain("I10");
    expect(brokenInHunt("finish-at-range-end", "overlap")).toContain("join");
    expect(brokenInHunt("two-pass", "unmap")).toEqual([]);
  });
});
