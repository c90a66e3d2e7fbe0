import fc from "fast-check";
import { expect, test } from "vitest";
import { ActiveRanges } from "../../../src/check/books/active_ranges.ts";
import { Layout } from "../../../src/machine/layout.ts";

const MM = 100;
const PAGE = 4096;

test("behaves like a list of ranges that come and go", () => {
  const command = fc.record({
    mm: fc.constantFrom(MM, MM + 1),
    first: fc.nat(20),
    pages: fc.integer({ min: 1, max: 5 }),
    leaves: fc.nat(3),
  });
  fc.assert(
    fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
      const layout = new Layout();
      const active = new ActiveRanges(layout);
      const words = new Int32Array(layout.words);
      const model: { mm: number; start: number; end: number; id: number }[] = [];
      let id = 0;
      for (const { mm, first, pages, leaves } of commands) {
        const range = { mm, start: first * PAGE, end: (first + pages) * PAGE, id: ++id };
        active.enter(words, mm, range.start, range.end, 1, range.id);
        model.push(range);
        if (leaves === 0) active.leave(words, 1, model.splice(first % model.length, 1)[0].id);
        for (let page = 0; page < 26; page++) {
          const va = page * PAGE;
          const expected = model.some((r) => r.mm === MM && r.start < va + PAGE && r.end > va);
          expect(active.covering(words, MM, va, va + PAGE) >= 0).toBe(expected);
        }
        expect(active.count(words)).toBe(model.length);
      }
    }),
    { numRuns: 50 },
  );
});

test("more ranges than places: the others are not watched", () => {
  const layout = new Layout();
  const active = new ActiveRanges(layout);
  const words = new Int32Array(layout.words);
  for (let i = 0; i < 300; i++) active.enter(words, MM, i * PAGE, (i + 1) * PAGE, 1, i);
  expect(active.count(words)).toBe(256);
  expect(active.covering(words, MM, 255 * PAGE, 256 * PAGE)).toBe(255);
  expect(active.covering(words, MM, 256 * PAGE, 257 * PAGE)).toBe(-1);
  active.leave(words, 1, 299);
  expect(active.count(words)).toBe(256);
});
