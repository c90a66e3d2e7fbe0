import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CHAPTERS, findRule, ruleOf, RULES } from "../../src/rules/catalogue.ts";
import { MARKS, paragraphsOf, type Rule } from "../../src/rules/rule.ts";

const LONGEST_TITLE = 60;
/** The last of the numbered rules, and of the invariants. */
const LAST_RULE = 100;
const LAST_INVARIANT = 28;
const LAST_LOCK = 18;
const BUGS = [1, 2, 3, 5, 6, 7, 8, 11, 12, 13, 14, 16, 18, 21, 23, 31, 37, 46, 47, 50, 51, 54, 55, 57, 58, 60];

const ids = new Set(RULES.map(({ id }) => id));
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

/** Files of this project that a text names. */
function filesIn(text: string): string[] {
  return [...text.matchAll(/\b(?:src|test|docs)\/[\w./-]+\.(?:ts|md)\b/g)].map(([file]) => file);
}

describe("the catalogue of rules", () => {
  it("names files of this project only where they are", () => {
    const named = RULES.flatMap(({ text, source }) => filesIn(`${text} ${source}`));
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((file) => !existsSync(new URL(`../../${file}`, import.meta.url)))).toEqual([]);
    expect(filesIn("I15; src/check/gone.ts")).toEqual(["src/check/gone.ts"]);
  });

  it("has one rule for an id, and one title for a rule", () => {
    expect(ids.size).toBe(RULES.length);
    expect(new Set(RULES.map(({ title }) => title)).size).toBe(RULES.length);
  });

  it("has titles that can stand beside a number", () => {
    expect(RULES.filter(({ title }) => title.length > LONGEST_TITLE || /\n|\.$/.test(title)).map(({ id }) => id)).toEqual([]);
  });

  it("says of every rule what it is, whence it is, and how sure", () => {
    const isMark = (part: string) => Object.keys(MARKS).includes(part.slice(0, 1));
    const bare = RULES.filter(
      ({ text, source, mark }) => paragraphsOf(text).includes("") || source === "" || !(mark?.split("; ") ?? []).every(isMark),
    );
    expect(bare.map(({ id }) => id)).toEqual([]);
  });

  it("leaves no number out", () => {
    const missing = [
      ...upTo(LAST_RULE).map((number) => `RULES ${number}`),
      ...upTo(LAST_INVARIANT).map((number) => `I${number}`),
      ...upTo(LAST_LOCK).map((number) => `RULES b ${number}`),
      ...upTo(11).map((number) => `RULES d ${number}`),
      ...["0", "a", "b", "b2", "b 8'", "c", "d", "e", "g", "h", "k"].map((name) => `RULES ${name}`),
      ...["b", "c", "d", "e", "f"].map((letter) => `RULES d 7${letter}`),
      ...BUGS.map((number) => `BUGS ${number}`),
      ...["4.6", "4.7", "4.8", "4.9"].map((number) => `LATENCIES ${number}`),
    ].filter((id) => !ids.has(id));
    expect(missing).toEqual([]);
    expect([...ids].filter((id) => id.startsWith("BUGS ")).length).toBe(BUGS.length);
  });

  it("has the same columns in all rules of a section, and as many cells in all rows of a table", () => {
    const headings = (rule: Rule) => Object.keys(rule.columns ?? {}).join();
    const sections = CHAPTERS.flatMap(({ sections: parts }) => parts);
    expect(sections.filter(({ rules }) => new Set(rules.map(headings)).size > 1).map(({ title }) => title)).toEqual([]);
    expect(RULES.filter(({ table }) => new Set(table?.map(({ length }) => length)).size > 1).map(({ id }) => id)).toEqual([]);
  });

  it("finds what a person means", () => {
    expect(ruleOf("RULES 62").title).toBe("gpusvm commits on the pages-valid flags alone");
    expect(findRule("rules  62")).toBe(ruleOf("RULES 62"));
    expect(findRule(" i6 ")).toBe(ruleOf("I6"));
    expect(findRule("RULES I6")).toBe(ruleOf("I6"));
    expect(findRule("RULES b 8'")).toBe(ruleOf("RULES b 8'"));
    expect(findRule("rules b 8\u2019")).toBe(ruleOf("RULES b 8'"));
    expect(findRule("RULES (b2)")).toBe(ruleOf("RULES b2"));
    expect(findRule("warn")).toBe(ruleOf("WARN"));
    expect(findRule("latencies 4.7")).toBe(ruleOf("LATENCIES 4.7"));
    expect(findRule("data-race frame.entries[]")).toBe(ruleOf("data-race"));
  });

  it("finds nothing where there is nothing", () => {
    const nothing = ["", "62", `RULES ${LAST_RULE + 1}`, `RULES ${"f"}`, "RULES", "data-racer", "deadlock somewhere"];
    expect(nothing.filter((text) => findRule(text) !== undefined)).toEqual([]);
  });
});
