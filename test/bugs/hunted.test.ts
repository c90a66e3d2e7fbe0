import { describe, expect, it } from "vitest";
import { BUGS } from "../../src/bugs/catalogue.ts";
import { INEXPRESSIBLE } from "../../src/bugs/inexpressible.ts";
import { BUG_LIST } from "../../src/rules/bugs.ts";
import { findRule } from "../../src/rules/catalogue.ts";
import { citationsIn } from "../rules/citation_grammar.ts";
import { PLAY_NAMES } from "../../src/scenario/play/catalogue.ts";

describe("seeded bugs under hunt", () => {
  it("name a play that there is", () => {
    for (const { play } of BUGS) expect(PLAY_NAMES).toContain(play);
  });

  it("stand forevery real bug, or say why one cannot be", () => {
    const seeded = new Set(BUGS.flatMap(({ origin }) => citationsIn(origin)));
    expect(BUG_LIST.rules.map(({ id }) => id).filter((id) => !seeded.has(id) && !(id in INEXPRESSIBLE))).toEqual([]);
    expect(Object.keys(INEXPRESSIBLE).filter((id) => seeded.has(id))).toEqual([]);
  });

  it("come from rules that there are, and break such", () => {
    const broken = BUGS.flatMap(({ name, origin, breaks }) => [...citationsIn(origin), ...breaks].map((id) => ({ name, id })));
    expect(broken.filter(({ id }) => findRule(id) === undefined)).toEqual([]);
    expect(BUGS.filter(({ origin }) => origin !== "own" && citationsIn(origin).length === 0).map(({ name }) => name)).toEqual([]);
  });

  it("are at least fifteen of our own", () => {
    expect(BUGS.filter(({ origin }) => origin.startsWith("own")).length).toBeGreaterThanOrEqual(15);
  });
});
