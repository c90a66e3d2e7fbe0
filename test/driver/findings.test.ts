import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { DESIGNS, DRIVER_NAMES } from "../../src/driver/catalogue.ts";
import { KNOWN_FINDINGS } from "../../src/driver/findings.ts";

const PAGES = readdirSync(new URL("../../docs/findings", import.meta.url)).filter((name) => /^\d/.test(name));

it("every finding has its page, and every page its finding", () => {
  expect(KNOWN_FINDINGS.map(({ number, page }) => `${number}-${page}.md`)).toEqual(PAGES.toSorted());
});

it("every finding is some design's or says where it lies, and is corrected in what exists", () => {
  const found = DESIGNS.flatMap(({ soundness }) => (soundness.kind === "finding" ? soundness.numbers : []));
  for (const { number, where, corrected } of KNOWN_FINDINGS) {
    expect({ number, isSomewhere: found.includes(number) || where !== undefined }).toEqual({ number, isSomewhere: true });
    expect(corrected.filter((name) => !name.startsWith("--finish ") && !DRIVER_NAMES.includes(name))).toEqual([]);
  }
  expect(found.filter((number) => !KNOWN_FINDINGS.some((finding) => finding.number === number))).toEqual([]);
});
