import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { renderConfig } from "../../src/report/config_block.ts";
import { paintFor, plain } from "../../src/report/paint.ts";
import type { StressResult } from "../../src/report/result.ts";
import { renderSummary } from "../../src/report/summary.ts";
import { columns, wrap } from "../../src/report/text.ts";
import { expectGolden } from "./golden.ts";
import { anyResult, BROKEN, HUNG, INTERRUPTED, MANY_GPUS, PASSED, VIOLATED } from "./results.ts";

const colours = paintFor({ isTTY: true }, {});

describe("what a person reads", () => {
  test.each(
    Object.entries({
      passed: PASSED,
      violated: VIOLATED,
      hung: HUNG,
      broken: BROKEN,
      interrupted: INTERRUPTED,
      many_gpus: MANY_GPUS,
    }),
  )("%s", (name, result) => expectGolden(`${name}.txt`, `${renderConfig(result.config, result.seed)}\n${renderSummary(result)}`));

  test("in colour", () => {
    expectGolden("violated_colour.txt", renderSummary(VIOLATED, colours));
  });
});

/** The lines of all texts of a run that are too wide, or could move the cursor. */
function badLines(result: StressResult): string[] {
  const text = renderConfig(result.config, result.seed) + renderSummary(result);
  return text.split("\n").filter((line) => columns(line) > 80 || /[^\P{C}\p{Cn}\p{Co}]/u.test(line));
}

test("no line of any result is wider than 80 columns, none has control characters", () => {
  fc.assert(
    fc.property(anyResult, (result) => {
      expect(badLines(result)).toStrictEqual([]);
    }),
    { numRuns: 400 },
  );
});

test("colours change nothing else", () => {
  fc.assert(
    fc.property(anyResult, (result) => {
      expect(stripVTControlCharacters(renderSummary(result, colours))).toBe(renderSummary(result));
    }),
  );
});

test("colours are for terminals, unless NO_COLOR says otherwise", () => {
  expect(colours("bad", "x")).toBe("\u001B[31m\u001B[1mx\u001B[22m\u001B[39m");
  expect(paintFor({ isTTY: true }, { NO_COLOR: "" })).toBe(colours);
  expect(paintFor({ isTTY: true }, { NO_COLOR: "1" })).toBe(plain);
  expect(paintFor({}, {})).toBe(plain);
});

describe("wrapping", () => {
  test("breaks after spaces, keeps columns within a line, and loses nothing but spaces", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400 }), (text) => {
        const lines = wrap(text, "  ", "    ");
        expect(lines.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
        expect(lines.every((line) => columns(line) <= 80)).toBe(true);
      }),
    );
    expect(wrap("a   b", "* ")).toStrictEqual(["* a   b"]);
    expect(wrap(`${"a".repeat(70)} bbbbbbbbbbbb`)).toStrictEqual(["a".repeat(70), "bbbbbbbbbbbb"]);
    expect(wrap("a".repeat(100), "", "  ")).toStrictEqual(["a".repeat(80), `  ${"a".repeat(20)}`]);
    expect(wrap(`${"a".repeat(80)} b`)).toStrictEqual(["a".repeat(80), "b"]);
  });

  test("counts wide characters twice", () => {
    expect(columns("a漢字")).toBe(5);
    expect(wrap("漢".repeat(41))).toStrictEqual(["漢".repeat(40), "漢"]);
  });
});
