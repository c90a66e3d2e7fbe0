import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { findRule } from "../../src/rules/catalogue.ts";
import { citationsIn } from "./citation_grammar.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FOLDERS = ["src", "test", "docs", "examples", "workers", "bench", "scripts"];
const IS_TEXT = /\.(?:ts|md|txt|json|ktap|xml|patch|c|h)$/;

/** Texts of the tree that may cite a rule. */
function texts(): string[] {
  const filesIn = (folder: string) => readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" });
  const files = FOLDERS.flatMap((folder) => filesIn(folder).map((name) => join(folder, name)));
  return ["README.md", ...files.filter((name) => IS_TEXT.test(name))];
}

/** Citations that lead nowhere, as `file: id`. */
function unresolved(file: string, text: string): string[] {
  return citationsIn(text)
    .filter((id) => findRule(id) === undefined)
    .map((id) => `${file}: ${id}`);
}

/** A number, a section and a figure that no book has: written out, they would be found here. */
const NOWHERE = 101;
const NO_SECTION = "f";
const NO_FIGURE = "9.9";

describe("citations of rules", () => {
  it("all resolve, wherever they stand", () => {
    const found = texts().map((file) => ({ file, text: readFileSync(join(ROOT, file), "utf8") }));
    expect(found.flatMap(({ file, text }) => unresolved(file, text))).toEqual([]);
    expect(found.flatMap(({ text }) => citationsIn(text)).length).toBeGreaterThan(500);
  });

  it("are found out if they are made up", () => {
    expect(unresolved("a", `as said (RULES ${NOWHERE})`)).toEqual([`a: RULES ${NOWHERE}`]);
    expect(unresolved("a", `/** Rules of old (RULES 98 to ${NOWHERE}). */`)).toEqual([`a: RULES ${NOWHERE}`]);
    expect(unresolved("a", `see RULES 21, 22 and ${NOWHERE}`)).toEqual([`a: RULES ${NOWHERE}`]);
    expect(unresolved("a", `RULES d ${NOWHERE}`)).toEqual([`a: RULES d ${NOWHERE}`]);
    expect(unresolved("a", `RULES 20, ${NO_SECTION})`)).toEqual([`a: RULES ${NO_SECTION}`]);
    expect(unresolved("a", `I${NOWHERE}, BUGS 1, ${NOWHERE}`)).toEqual([`a: BUGS ${NOWHERE}`, `a: I${NOWHERE}`]);
    expect(unresolved("a", `LATENCIES 4.7, ${NO_FIGURE}`)).toEqual([`a: LATENCIES ${NO_FIGURE}`]);
  });

  it.each([
    ["RULES 14 to 16, 27, 28 and 30 say", ["RULES 14", "RULES 15", "RULES 16", "RULES 27", "RULES 28", "RULES 30"]],
    ["RULES d 1, 23).", ["RULES d 1", "RULES 23"]],
    ["RULES c, d 3, 4; Popple", ["RULES c", "RULES d 3", "RULES d 4"]],
    ["RULES c, 49): a third", ["RULES c", "RULES 49"]],
    ["RULES c, 21 Aug 2025)", ["RULES c"]],
    ["RULES 77 B).", ["RULES 77"]],
    ["RULES 45, 77, g)", ["RULES 45", "RULES 77", "RULES g"]],
    ["RULES b, lock 4)", ["RULES b 4"]],
    ["RULES b 3, 5). */", ["RULES b 3", "RULES b 5"]],
    ["RULES b 8'). Inside", ["RULES b 8'"]],
    ["RULES d 7f; not", ["RULES d 7f"]],
    ["RULES d 9, 10; g).", ["RULES d 9", "RULES d 10", "RULES g"]],
    ["RULES 28, 36, b 2 |", ["RULES 28", "RULES 36", "RULES b 2"]],
    ["RULES (a) and (e).", ["RULES a", "RULES e"]],
    ["RULES (b2) lists", ["RULES b2"]],
    ["RULES e: I1 to I3, I10", ["RULES e", "I1", "I2", "I3", "I10"]],
    ["(RULES 22,\n   * 62)", ["RULES 22", "RULES 62"]],
    ["(RULES\n// 21)", ["RULES 21"]],
    ["BUGS 23: 2577b202458c", ["BUGS 23"]],
    ["LATENCIES 4.7 and 4.9.", ["LATENCIES 4.7", "LATENCIES 4.9"]],
  ])("are read as the tree writes them: %s", (text, ids) => {
    expect(citationsIn(text)).toEqual(ids);
  });

  it("are not seen in prose or in code", () => {
    for (const text of [
      "RULES a person can read",
      "const RULES = [",
      "RULES.map(one)",
      "RULES are watched",
      "RULES [0]",
      "BUGS of all",
      "for (const bug of BUGS)",
      "LATENCIES.filter(",
      "in Int32Array, an I2C bus, FI1",
    ])
      expect(citationsIn(text)).toEqual([]);
    expect(citationsIn("RULES 11): 8.85 us with 8, 71.7 us")).toEqual(["RULES 11"]);
    expect(citationsIn("RULES 24 | 2 | 0.1 |")).toEqual(["RULES 24"]);
    expect(citationsIn("RULES 36, a removal; d of them")).toEqual(["RULES 36"]);
    expect(citationsIn("RULES 20, 4.5 us")).toEqual(["RULES 20"]);
  });
});
