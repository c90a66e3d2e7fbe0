import fc from "fast-check";
import { expect, it } from "vitest";
import { LARGE_FLUSH_SIZE, tlbInvalRange } from "../../../src/driver/parts/tlb_inval_range.ts";
import { PAGE_SIZE, PMD_SIZE, TASK_SIZE } from "../../../src/machine/pte.ts";

const ranges = fc
  .tuple(fc.integer({ min: 0, max: TASK_SIZE / PAGE_SIZE - 5000 }), fc.integer({ min: 1, max: 5000 }))
  .map(([first, pages]) => ({ start: first * PAGE_SIZE, end: (first + pages) * PAGE_SIZE }));

it("covers what was asked for with an aligned power of two", () => {
  fc.assert(
    fc.property(ranges, ({ start, end }) => {
      const flushed = tlbInvalRange(start, end);
      const size = flushed.end - flushed.start;
      expect(flushed.start).toBeLessThanOrEqual(start);
      expect(flushed.end).toBeGreaterThanOrEqual(end);
      expect(size).toBeGreaterThanOrEqual(PAGE_SIZE);
      expect(Number.isInteger(Math.log2(size))).toBe(true);
      expect(flushed.start % size).toBe(0);
      expect(size < PMD_SIZE || size >= LARGE_FLUSH_SIZE).toBe(true);
    }),
  );
});

it("flushes no more than it has to below 2 MiB", () => {
  expect(tlbInvalRange(0x5000, 0x6000)).toEqual({ start: 0x5000, end: 0x6000 });
  expect(tlbInvalRange(0x5000, 0x7000)).toEqual({ start: 0x4000, end: 0x8000 });
  expect(tlbInvalRange(PMD_SIZE - PAGE_SIZE, PMD_SIZE + PAGE_SIZE)).toEqual({ start: 0, end: LARGE_FLUSH_SIZE });
});
