import { describe, expect, it } from "vitest";
import { renderDesignTable, renderFindingTable, renderSummaryTable } from "../../src/report/catalogue_tables.ts";

const FINDINGS = [
  { number: 1, page: "overtakes", rules: "join", title: "returns too early", corrected: ["b"] },
  { number: 2, page: "times-out", where: "the core", rules: "I18", title: "gives up", corrected: [] },
];
const DESIGNS = [
  { name: "a", summary: "one", kind: "model", soundness: { kind: "finding", numbers: [1, 2] } },
  { name: "b", summary: "two | three", kind: "argued", soundness: { kind: "sound" } },
  { name: "c", summary: "four", kind: "model", soundness: { kind: "sound" }, needs: ["rebind"] },
  { name: "d", summary: "five", kind: "control", soundness: { kind: "wrong" } },
  { name: "e", summary: "six", kind: "argued", soundness: { kind: "unknown" } },
];

describe("a table in Markdown", () => {
  it("says of each design what is known of it", () => {
    expect(renderDesignTable(DESIGNS, FINDINGS, "docs/findings/")).toBe(
      [
        "| `--driver` | kind | design | soundness |",
        "|---|---|---|---|",
        "| `a` | model | one | [1](docs/findings/1-overtakes.md), [2](docs/findings/2-times-out.md) |",
        String.raw`| ${"`b`"} | argued | two \| three | sound |`,
        "| `c` | model | four | sound, given rebind |",
        "| `d` | control | five | wrong on purpose |",
        "| `e` | argued | six | unknown |",
        "",
      ].join("\n"),
    );
  });

  it("says of each finding which designs have it", () => {
    expect(renderFindingTable(FINDINGS, DESIGNS)).toBe(
      [
        "| # | design | rule | finding | without it |",
        "|---|---|---|---|---|",
        "| [1](1-overtakes.md) | `a` | join | returns too early | `b` |",
        "| [2](2-times-out.md) | the core, `a` | I18 | gives up |  |",
        "",
      ].join("\n"),
    );
  });

  it("has a summary for each scenario", () => {
    expect(renderSummaryTable("scenario", [{ name: "mixed", summary: "all of it" }])).toBe(
      "| scenario | what happens |\n|---|---|\n| `mixed` | all of it |\n",
    );
  });
});
