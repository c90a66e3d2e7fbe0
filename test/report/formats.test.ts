import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { testCases } from "../../src/report/cases.ts";
import { renderJson } from "../../src/report/json.ts";
import { renderJunit } from "../../src/report/junit.ts";
import { renderKtap } from "../../src/report/ktap.ts";
import { expectGolden } from "./golden.ts";
import { anyResult, BROKEN, HUNG, INTERRUPTED, PASSED, VIOLATED } from "./results.ts";

const RESULTS = Object.entries({ passed: PASSED, violated: VIOLATED, hung: HUNG, broken: BROKEN, interrupted: INTERRUPTED });

test.each(RESULTS)("%s for machines", (name, result) => {
  expectGolden(`${name}.junit.xml`, renderJunit(result));
  expectGolden(`${name}.ktap`, renderKtap(result));
});

describe("json", () => {
  test("one object, with the keys that are promised", () => {
    expect(Object.keys(JSON.parse(renderJson(PASSED)) as object)).toStrictEqual([
      "verdict",
      "seed",
      "config",
      "elapsedMs",
      "bootMs",
      "violations",
      "violationCounts",
      "missed",
      "counts",
      "gpus",
      "latencyUs",
      "overlap",
      "devicesPerFlush",
      "peakRssBytes",
      "hang",
      "internalError",
      "interrupted",
      "workload",
      "warnings",
      "reproduce",
      "scenario",
      "rules",
    ]);
    expect(JSON.parse(renderJson(HUNG))).toStrictEqual(HUNG);
  });

  test("with the title of the broken rule beside it, null where a rule has none", () => {
    const [violation] = VIOLATED.violations;
    const written = (rule: string) =>
      JSON.parse(renderJson({ ...VIOLATED, violations: [{ ...violation, rule }] })) as typeof VIOLATED;
    const { rule, ...rest } = violation;
    expect(written(rule).violations).toStrictEqual([
      { rule: "stale-access", title: "A device touches only what the process maps there now", ...rest },
    ]);
    expect(written(NO_RULE).violations).toStrictEqual([{ rule: NO_RULE, title: null, ...rest }]);
  });

  test("of any result", () => {
    fc.assert(
      fc.property(anyResult, (result) => {
        const text = renderJson(result);
        expect(text.endsWith("}\n")).toBe(true);
        expect(JSON.parse(text)).toMatchObject({ verdict: result.verdict, seed: result.seed });
      }),
    );
  });
});

const NO_RULE = "TypeError";
/** Rules as they are named where a person reads them. */
const STALE = "stale-access: A device touches only what the process maps there now";
const JOIN = "join: When range_start has returned, no TLB has the range";
const LOST = "lost-data: Whoever reads finds what was written last";
const I10 = "I10: Every start that asks for a finish gets one, in order";

describe("test cases", () => {
  test("one for each rule, watched or broken, and one for the scenario", () => {
    const brief = (result: typeof PASSED) => testCases(result).map(({ name, outcome }) => `${name} ${outcome}`);
    expect(brief(PASSED)).toStrictEqual([`${STALE} passed`, `${JOIN} passed`, `${LOST} passed`, `${I10} passed`, "mixed passed"]);
    expect(brief(VIOLATED)).toStrictEqual([
      `${STALE} failed`,
      `${JOIN} passed`,
      `${LOST} passed`,
      `${I10} failed`,
      "mixed failed",
    ]);
    expect(brief({ ...VIOLATED, rules: [] })).toStrictEqual([`${STALE} failed`, `${I10} failed`, "mixed failed"]);
    expect(brief(HUNG).at(-1)).toBe("mixed timeout");
    expect(brief(BROKEN).at(-1)).toBe("mixed error");
    expect(new Set(testCases(INTERRUPTED).map(({ outcome }) => outcome))).toStrictEqual(new Set(["skipped"]));
  });
});

describe("junit", () => {
  test("well-formed for any result", () => {
    fc.assert(
      fc.property(anyResult, (result) => {
        expect(xmlProblem(renderJunit(result))).toBe("");
      }),
      { numRuns: 300 },
    );
  });

  test("control characters are shown, not written", () => {
    const xml = renderJunit({ ...VIOLATED, violations: [{ ...VIOLATED.violations[0], rule: 'a<b>&"\u0000\u001B\uD800' }] });
    expect(xml).toContain(String.raw`name="a&lt;b&gt;&amp;&quot;\u{0}\u{1b}\u{d800}"`);
  });
});

/** Why `xml` is not well-formed, as far as it uses elements, attributes and the five entities; "" if it is. */
function xmlProblem(xml: string): string {
  // eslint-disable-next-line no-control-regex -- what XML 1.0 cannot say is what is looked for
  if (/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Cs}/u.test(xml)) return "a character that XML has no way to say";
  if (/&(?!(?:amp|lt|gt|quot|#\d+);)/u.test(xml)) return "a bare &";
  const body = xml.replace(/^<\?xml version="1.0" encoding="UTF-8"\?>\n/u, "");
  const open: string[] = [];
  let roots = 0;
  const rest = body.replaceAll(
    /<(\/?)([a-z]+)((?: [a-z]+="[^"<]*")*)(\/?)>/gu,
    (_, end: string, name: string, _attributes, empty: string) => {
      if (end === "/") return open.pop() === name ? "" : "<";
      if (open.length === 0) roots++;
      if (empty === "") open.push(name);
      return "";
    },
  );
  if (rest.includes("<") || open.length > 0) return `unbalanced: ${open.join(" ")} ${rest.slice(0, 80)}`;
  return roots === 1 ? "" : `${roots} roots`;
}

describe("ktap", () => {
  test("plans and numbers agree, and a test fails if one of its subtests does, for any result", () => {
    fc.assert(
      fc.property(anyResult, (result) => {
        const suites = readKtap(renderKtap(result).trimEnd().split("\n"));
        expect(suites.flatMap(({ tests }) => tests)).toStrictEqual(
          testCases(result).map(({ outcome }) => outcome === "passed" || outcome === "skipped"),
        );
      }),
    );
  });
});

/** A reader of two levels of KTAP, which accepts nothing that the format does not allow. */
function readKtap(lines: string[]): { tests: boolean[] }[] {
  const suites: { tests: boolean[] }[] = [];
  const next = (pattern: RegExp): string[] => {
    const match = pattern.exec(lines.shift() ?? "");
    if (match === null) throw new Error(`${pattern} expected`);
    return [...match];
  };
  const skipDiagnostics = (indent: string) => {
    while (lines[0]?.startsWith(`${indent}#`) === true) lines.shift();
  };
  next(/^KTAP version 1$/u);
  const planned = Number(next(/^1\.\.(\d+)$/u)[1]);
  skipDiagnostics("");
  while (lines.length > 0) {
    next(/^ {2}KTAP version 1$/u);
    const subtests = Number(next(/^ {2}1\.\.(\d+)$/u)[1]);
    const tests = Array.from({ length: subtests }, (_, index) => {
      skipDiagnostics("  ");
      const [, not, number] = next(/^ {2}(not )?ok (\d+)(?: [^#]*)?(?: # .*)?$/u);
      if (Number(number) !== index + 1) throw new Error(`number ${number} after ${index}`);
      return not === undefined;
    });
    const [, not, number] = next(/^(not )?ok (\d+) (?:rules|scenarios)$/u);
    if (Number(number) !== suites.length + 1) throw new Error(`suite ${number} after ${suites.length}`);
    if ((not === undefined) !== tests.every(Boolean)) throw new Error("a suite is as good as its tests");
    suites.push({ tests });
  }
  if (suites.length !== planned) throw new Error(`${suites.length} suites of ${planned}`);
  return suites;
}
