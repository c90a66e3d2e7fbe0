import { afterEach, describe, expect, it } from "vitest";
import { renderHuntSummary } from "../../src/report/hunt_summary.ts";
import { renderSummary } from "../../src/report/summary.ts";
import { columns, fitReportsTo, reportWidth } from "../../src/report/text.ts";
import { CLEAN, FAILED } from "./hunt_results.ts";
import { HUNG, PASSED, VIOLATED } from "./results.ts";

afterEach(() => fitReportsTo({}));

describe("reports are as wide as the terminal", () => {
  it.each([
    [120, 100],
    [100, 100],
    [72, 72],
    [60, 60],
    [40, 60],
  ])("of %i columns: %i", (terminal, width) => {
    fitReportsTo({ isTTY: true, columns: terminal });
    expect(reportWidth()).toBe(width);
    const reports = [
      ...[CLEAN, FAILED].map((result) => renderHuntSummary(result)),
      ...[PASSED, VIOLATED, HUNG].map((result) => renderSummary(result)),
    ];
    const widest = Math.max(...reports.join("\n").split("\n").map(columns));
    expect(widest).toBeLessThanOrEqual(width);
    expect(widest).toBeGreaterThan(width - 15);
  });

  it("80 where there is none, or it does not tell", () => {
    for (const stream of [{}, { isTTY: false, columns: 120 }, { isTTY: true }, { isTTY: true, columns: 0 }]) {
      fitReportsTo(stream);
      expect(reportWidth()).toBe(80);
    }
  });
});
