import { expect, it } from "vitest";
import { ENOUGH_FOR_AN_INTERVAL, medianOf } from "../../../src/hunt/kill/median.ts";

it("is the middle value, with the order statistics that hold it with 95 %", () => {
  const values = Array.from({ length: 20 }, (_, i) => i + 1);
  expect(medianOf(values)).toEqual({ median: 10, low: 6, high: 15 });
});

it("takes what never came for larger than everything", () => {
  expect(medianOf([3, null, 1, null, null])).toEqual({ median: null, low: 1, high: null });
  expect(medianOf([3, 5, 1, null, null])).toEqual({ median: 5, low: 1, high: null });
});

it("has all of few values: no interval of theirs has 95 %, and from six on the widest does", () => {
  const missed = (count: number) => 2 * 0.5 ** count; // all on one side of the median
  expect(missed(ENOUGH_FOR_AN_INTERVAL - 1)).toBeGreaterThan(0.05);
  expect(missed(ENOUGH_FOR_AN_INTERVAL)).toBeLessThan(0.05);
  expect(medianOf([4, 1, 9, 2, 7])).toEqual({ median: 4, low: 1, high: 9 });
  expect(medianOf([4, 1, 9, 2, 7, 3])).toEqual({ median: 3, low: 1, high: 9 });
});
