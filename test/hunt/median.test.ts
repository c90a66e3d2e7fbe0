import { expect, it } from "vitest";
import { medianOf } from "../../src/hunt/median.ts";

it("is the middle value, with the order statistics that hold it with 95 %", () => {
  const values = Array.from({ length: 20 }, (_, i) => i + 1);
  expect(medianOf(values)).toEqual({ median: 10, low: 6, high: 15 });
});

it("takes what never came for larger than everything", () => {
  expect(medianOf([3, null, 1, null, null])).toEqual({ median: null, low: 1, high: null });
  expect(medianOf([3, 5, 1, null, null])).toEqual({ median: 5, low: 1, high: null });
});
