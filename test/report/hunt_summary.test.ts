import { describe, expect, it } from "vitest";
import { DRIVER_NAMES } from "../../src/driver/catalogue.ts";
import { huntFigures } from "../../src/report/hunt_progress.ts";
import { renderHuntJson } from "../../src/report/hunt_result.ts";
import { renderHuntSummary } from "../../src/report/hunt_summary.ts";
import { expectGolden } from "./golden.ts";
import { CLEAN, CUT_SHORT, FAILED } from "./hunt_results.ts";

describe("the end of a hunt", () => {
  it.each(Object.entries({ clean: CLEAN, failed: FAILED, cut_short: CUT_SHORT }))("%s", (name, result) => {
    const text = renderHuntSummary(result);
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    expectGolden(`hunt_${name}.txt`, text);
  });

  it("of many drivers with long names fits into 80 columns, each with what was run of it", () => {
    const parts = DRIVER_NAMES.map((driver, index) => ({
      driver,
      scenario: `insert-while-${index % 2}-invalidated`,
      schedules: 100 + index,
      uniqueTraces: 1,
      exhaustive: false,
      failure: null,
    }));
    const text = renderHuntSummary({ ...CLEAN, parts });
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    for (const { schedules } of parts) expect(text).toMatch(new RegExp(` ${schedules}( |\\n)`));
  });

  it("as JSON: what is promised, and nothing that is meant for the eye", () => {
    const result = JSON.parse(renderHuntJson(FAILED)) as { failures: [object] };
    expect(Object.keys(result)).toEqual(
      expect.arrayContaining([
        "verdict",
        "failures",
        "schedules",
        "schedulesPerSecond",
        "stepsPerSecond",
        "uniqueTraces",
        "exhaustive",
        "statement",
      ]),
    );
    expect(Object.keys(result.failures[0])).toEqual([
      "kind",
      "rule",
      "title",
      "message",
      "strategy",
      "schedule",
      "steps",
      "minimized",
      "depth",
      "reproduced",
      "token",
      "driver",
      "scenario",
      "bug",
    ]);
    expect(result.failures[0]).toMatchObject({
      rule: "stale-access",
      title: "A device touches only what the process maps there now",
      minimized: { steps: 61, switches: 3 },
      depth: 2,
      reproduced: "10/10",
    });
  });
});

describe("how far it is, within 66 columns", () => {
  const moment = {
    elapsedMs: 1,
    fraction: 0,
    place: "xe-userptr-preempt insert-while-invalidated",
    schedules: 888_888_888,
    steps: 8.88e14,
    failures: 88,
    size: null,
  };

  it("in numbers", () => {
    const figures = huntFigures(moment).join("  ");
    expect(figures).toBe("found 88  schedules 889M  steps 888T  xe-userptr-preempt inse...");
    expect(figures.length).toBeLessThanOrEqual(66);
  });

  it.each([
    [1234.5, 44.4, "found 88  schedules 889M of ~1235  44 s to go  xe-userptr-p..."],
    [8.888e11, 800 * 60, "found 88  schedules 889M of ~889G  13 h to go  xe-userptr-p..."],
    [8.888e11, 1e12, "found 88  schedules 889M of ~889G  > 1 year to go  xe-userptr-p..."],
    [8.888e11, null, "found 88  schedules 889M of ~889G  xe-userptr-p..."],
  ])("with %d schedules to run in all and %d seconds to go", (schedules, secondsToGo, text) => {
    const figures = huntFigures({ ...moment, size: { schedules, secondsToGo } }).join("  ");
    expect(figures).toBe(text);
    expect(figures.length).toBeLessThanOrEqual(66);
  });
});
