import { describe, expect, it } from "vitest";
import { above, all, asFound, below, conclude, figures, near, together, verdict } from "../../src/compare/sentence.ts";

describe("an inequality", () => {
  it("holds if all figures are on the side of the bound that it says", () => {
    expect(below(2, 1, 1.9).holds).toBe(true);
    expect(below(2, 1, 2).holds).toBe(false);
    expect(above(2, 3, 2.1).holds).toBe(true);
    expect(above(2, 3, 2).holds).toBe(false);
    expect(near(10, 12, 3).holds).toBe(true);
    expect(near(10, 13, 3).holds).toBe(false);
    expect(all(below(2, 1), above(2, 3)).holds).toBe(true);
    expect(all(below(2, 1), above(2, 1)).holds).toBe(false);
  });

  it("does not hold of what is no number", () => {
    const nothing = 0 / 0;
    expect([below(2, nothing), above(2, nothing), near(nothing, 1, 5)].map(({ holds }) => holds)).toEqual([false, false, false]);
  });
});

describe("a sentence", () => {
  it("says what the figures bear out, and something else if they do not", () => {
    const said = (figure: number) =>
      verdict(below(2, figure), figures`it takes ${figure} us.`, conclude(above(5, figure), "Long.", ""));
    expect(said(1)).toBe("Confirmed: it takes 1 us.");
    expect(said(9)).toBe("Not confirmed: it takes 9 us. Long.");
    expect(together(figures`${1} of`, asFound(4, "it deadlocks"))).toBe("1 of it deadlocks (findings/4)");
  });

  it("cannot be written by hand, nor without a figure, nor concluded from a condition that compares nothing", () => {
    // @ts-expect-error words alone are no sentence
    expect(together("It is the larger part.")).toBeTruthy();
    // @ts-expect-error a report has figures
    expect(figures`It is the larger part.`).toBeTruthy();
    // @ts-expect-error what is not compared does not hold
    expect(() => conclude(true, "It is the larger part.", "")).toBeTruthy();
  });
});
