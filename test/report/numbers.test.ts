import fc from "fast-check";
import { expect, test } from "vitest";
import { count, duration, percent, plural, shortCount, size } from "../../src/report/numbers.ts";

test.each([
  [count(0), "0"],
  [count(1_234_567), "1,234,567"],
  [count(999_999_999), "999,999,999"],
  [count(1_234_567_890), "1.235 G"],
  [count(Number.NaN), "-"],
  [shortCount(9_999), "9999"],
  [shortCount(12_345), "12.3k"],
  [shortCount(999_999), "1M"],
  [duration(0), "0 us"],
  [duration(12), "12 us"],
  [duration(0.25), "0.25 us"],
  [duration(999.99), "1 ms"],
  [duration(1_234.5), "1.234 ms"],
  [duration(12_000_000), "12 s"],
  [duration(7_200_000_000), "7200 s"],
  [size(311 * 2 ** 20), "311 MiB"],
  [size(1023), "1023 B"],
  [percent(972, 1000), "97.2 %"],
  [percent(0, 1000), "0.0 %"],
  [percent(1, 1_000_000), "< 0.1 %"],
  [percent(999_999, 1_000_000), "99.9 %"],
  [percent(5, 5), "100.0 %"],
  [percent(0, 0), "-"],
  [plural(1, "task"), "1 task"],
  [plural(0, "task"), "0 tasks"],
])("%s", (printed, expected) => {
  expect(printed).toBe(expected);
});

test("no number is longer than the eleven characters that tables have for it", () => {
  fc.assert(
    fc.property(fc.oneof(fc.double(), fc.maxSafeNat()), fc.double(), (n, whole) => {
      for (const print of [count, shortCount, duration, size, (part: number) => percent(part, whole)]) {
        expect(print(n).length).toBeLessThanOrEqual(11);
      }
    }),
    { examples: [[-0.0010005, 0]], numRuns: 1000 },
  );
  fc.assert(
    fc.property(fc.maxSafeNat(), (n) => {
      expect(shortCount(n).length).toBeLessThanOrEqual(5);
    }),
  );
});
