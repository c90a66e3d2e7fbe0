import { describe, expect, it } from "vitest";
import { BUGS } from "../../src/bugs/catalogue.ts";
import { INEXPRESSIBLE } from "../../src/bugs/inexpressible.ts";
import { explorerBundle } from "../../src/hunt/bundle.ts";
import { DEFAULT_HUNT_CONFIG, NO_FAULTS } from "../../src/hunt/config.ts";
import { HUNT_SCENARIO_NAMES } from "../../src/scenario/hunt/catalogue.ts";

/** Numbers of all bugs in BUGS.md. */
const REAL_BUGS = [1, 2, 3, 5, 6, 7, 8, 11, 12, 13, 14, 16, 18, 21, 23, 31, 37, 46, 47, 50, 51, 54, 55, 57, 58, 60];
/** One of each sort; docs/kill-matrix.md has all of them. */
const SAMPLE = ["seq-read-again-for-each-chunk", "wake-up-forgotten", "eagain-keeps-the-lock", "page-lock-under-user-lock", "unregister-is-no-fence"];
const SCHEDULES = 3000;

describe("seeded bugs under hunt", () => {
  it.each(SAMPLE)("%s is found", async (name) => {
    const bug = BUGS.find((candidate) => candidate.name === name)!;
    const { createStrategy, explore, huntSubject } = await import(/* @vite-ignore */ await explorerBundle(bug)) as typeof import("../../workers/explore.ts");
    const subject = huntSubject({ ...DEFAULT_HUNT_CONFIG, driver: bug.driver, scenario: bug.play, faults: { ...NO_FAULTS, ...bug.faults } });
    const strategy = createStrategy("portfolio", { seed: 1, depth: null, preemptions: null, symmetry: false }, subject);
    const { found } = explore({ subject, strategy, seed: 1, schedules: SCHEDULES });
    expect(found).toHaveLength(1);
  });

  it("name a play that there is", () => {
    for (const { play } of BUGS) expect(HUNT_SCENARIO_NAMES).toContain(play);
  });

  it("stand for every real bug, or say why one cannot be", () => {
    const seeded = new Set(BUGS.flatMap(({ origin }) => [...origin.matchAll(/BUGS (\d+)/g)].map(([, number]) => Number(number))));
    expect(REAL_BUGS.filter((number) => !seeded.has(number) && !(number in INEXPRESSIBLE))).toEqual([]);
    expect(Object.keys(INEXPRESSIBLE).map(Number).filter((number) => seeded.has(number))).toEqual([]);
  });

  it("are at least fifteen of our own", () => {
    expect(BUGS.filter(({ origin }) => origin.startsWith("own")).length).toBeGreaterThanOrEqual(15);
  });
});
