import { describe, expect, it } from "vitest";
import { BUGS } from "../../src/bugs/catalogue.ts";
import { INEXPRESSIBLE } from "../../src/bugs/inexpressible.ts";
import { PLAY_NAMES } from "../../src/scenario/play/catalogue.ts";

/** Numbers of all bugs in BUGS.md. */
const REAL_BUGS = [1, 2, 3, 5, 6, 7, 8, 11, 12, 13, 14, 16, 18, 21, 23, 31, 37, 46, 47, 50, 51, 54, 55, 57, 58, 60];

describe("seeded bugs under hunt", () => {
  it("name a play that there is", () => {
    for (const { play } of BUGS) expect(PLAY_NAMES).toContain(play);
  });

  it("stand for every real bug, or say why one cannot be", () => {
    const seeded = new Set(BUGS.flatMap(({ origin }) => [...origin.matchAll(/BUGS (\d+)/g)].map(([, number]) => Number(number))));
    expect(REAL_BUGS.filter((number) => !seeded.has(number) && !(number in INEXPRESSIBLE))).toEqual([]);
    expect(
      Object.keys(INEXPRESSIBLE)
        .map(Number)
        .filter((number) => seeded.has(number)),
    ).toEqual([]);
  });

  it("are at least fifteen of our own", () => {
    expect(BUGS.filter(({ origin }) => origin.startsWith("own")).length).toBeGreaterThanOrEqual(15);
  });
});
