import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import type { Table } from "../../src/report/comparison.ts";
import { renderComparisonJson } from "../../src/report/comparison_json.ts";
import { renderComparisonMarkdown } from "../../src/report/comparison_markdown.ts";
import { compareFigures } from "../../src/report/comparison_progress.ts";
import { renderComparison } from "../../src/report/comparison_summary.ts";
import { renderPlot } from "../../src/report/comparison_svg.ts";
import { cellTexts, comparisonTable } from "../../src/report/comparison_table.ts";
import { columns } from "../../src/report/text.ts";
import { COMPARED, LINEAR_PLOT, LOG_PLOT, OBJECTED } from "./comparisons.ts";
import { expectGolden } from "./golden.ts";

describe("golden files", () => {
  test("for people", () => {
    expectGolden("comparison.txt", renderComparison(COMPARED));
    expectGolden("comparison_objected.txt", renderComparison(OBJECTED));
  });

  test("a document", () => {
    expectGolden("comparison.md", renderComparisonMarkdown(COMPARED, { plots: "designs" }));
    expectGolden("comparison_objected.md", renderComparisonMarkdown(OBJECTED, { plots: null }));
  });

  test("for programs", () => expectGolden("comparison.json", renderComparisonJson(COMPARED)));

  test("plots", () => {
    expectGolden("comparison_log.svg", renderPlot(LOG_PLOT));
    expectGolden("comparison_linear.svg", renderPlot(LINEAR_PLOT));
  });
});

describe("tables", () => {
  test("numbers are as exact as is of use", () => {
    expect(cellTexts([1, 1024, null], "")).toEqual(["1", "1,024", "-"]);
    expect(cellTexts([40, 2.5], "us")).toEqual(["40.0", "2.50"]);
    expect(cellTexts([0, 0.0004, 0.0213, 0.99999, 9.999, 99.96, 1234.5, 12_345_678.9], "us")).toEqual([
      "0",
      "< 0.001",
      "0.021",
      "1.00",
      "10.0",
      "100",
      "1,235",
      "12.3M",
    ]);
    expect(cellTexts([0, 0.2, 7.4, 1234.5], "/s")).toEqual(["0", "< 1", "7", "1,235"]);
    expect(cellTexts([Number.NaN, Infinity, -3.25], "us")).toEqual(["-", "-", "-3.25"]);
  });

  test("no lines for no rows", () => {
    expect(comparisonTable({ columns: [{ title: "a", unit: "" }], rows: [] })).toEqual([]);
  });

  test("what a row is about is cut where it leaves no room for anything else", () => {
    const words = (text: string) => ({
      columns: [
        { title: "a", unit: "" },
        { title: "b", unit: "" },
        { title: "c", unit: "us" },
      ],
      rows: [
        [text, text, 1],
        [text, `${text}2`, 2],
      ],
    });
    expect(comparisonTable(words("x".repeat(30)))[0].body[0]).toBe(`  ${"x".repeat(30)}  ${"x".repeat(30)}    1`);
    expect(comparisonTable(words("x".repeat(60)))[0].body[0]).toBe(`  ${"x".repeat(9)}...  ${"x".repeat(9)}...   1`);
  });

  it("is never wider than 80 columns, and shows every row in each of its parts", () => {
    const cell = fc.oneof(fc.string({ maxLength: 40 }), fc.double({ noNaN: false }), fc.constant(null));
    const anyTable = fc.integer({ min: 1, max: 14 }).chain((width): fc.Arbitrary<Table> =>
      fc.record({
        columns: fc.array(fc.record({ title: fc.string({ maxLength: 16 }), unit: fc.constantFrom("us", "/s", "%", "") }), {
          minLength: width,
          maxLength: width,
        }),
        rows: fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 6 }),
      }),
    );
    fc.assert(
      fc.property(anyTable, (table) => {
        const parts = comparisonTable(table);
        for (const { head, body } of parts) {
          expect(body).toHaveLength(table.rows.length);
          for (const line of [...head, ...body]) expect(columns(line)).toBeLessThanOrEqual(80);
        }
      }),
    );
  });
});

describe("plots", () => {
  const point = fc.tuple(fc.double({ noNaN: false }), fc.double({ noNaN: false }));

  it("hold numbers alone, whatever was measured", () => {
    fc.assert(
      fc.property(fc.array(point), fc.boolean(), fc.boolean(), (points, isXLog, isYLog) => {
        const svg = renderPlot({
          name: "p",
          title: "t",
          x: { label: "x", isLog: isXLog },
          y: { label: "y", isLog: isYLog },
          series: [{ name: "s", points }],
        });
        expect(svg).not.toMatch(/NaN|Infinity|undefined/);
      }),
    );
  });

  it("take no name for markup", () => {
    expect(renderPlot(LINEAR_PLOT)).toContain("design 0 &lt;0&gt;");
    expect(renderPlot(LINEAR_PLOT)).toContain("<title>Waits of &lt;readers&gt; &amp; &quot;others&quot;</title>");
  });

  it("are files that need nothing else", () => {
    expect(renderPlot(LOG_PLOT).replace("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:|href|<script|@import/);
  });
});

test("reports are at most 80 columns wide", () => {
  for (const comparison of [COMPARED, OBJECTED]) {
    for (const line of renderComparison(comparison).split("\n")) expect(columns(line)).toBeLessThanOrEqual(80);
  }
});

test("progress takes at most 66 columns", () => {
  const figures = compareFigures({ elapsedMs: 1, fraction: 0.5, trials: 9999, done: 9998, place: "x".repeat(100) });
  expect(columns(figures.join("  "))).toBeLessThanOrEqual(66);
});
