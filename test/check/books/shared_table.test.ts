import fc from "fast-check";
import { expect, test } from "vitest";
import { SharedTable } from "../../../src/check/books/shared_table.ts";
import { Layout } from "../../../src/machine/layout.ts";
import { NULL, struct, u32 } from "../../../src/machine/struct.ts";

const Row = struct("row", { key: u32, value: u32 });

function makeTable(capacity: number): { table: SharedTable<"row">; words: Int32Array } {
  const layout = new Layout();
  const table = new SharedTable(layout, Row, Row.key, "row", capacity);
  return { table, words: new Int32Array(layout.words) };
}

test("behaves like a map of addresses to rows", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 16, max: 200 }), fc.nat(1000))), (pairs) => {
      const { table, words } = makeTable(256);
      const model = new Map<number, number>();
      for (const [key, value] of pairs) {
        words[table.claim(words, key) + Row.value] = value;
        model.set(key, value);
      }
      for (let key = 16; key <= 200; key++) {
        const row = table.find(words, key);
        expect(row === NULL ? undefined : words[row + Row.value]).toBe(model.get(key));
      }
      expect(table.count(words)).toBe(model.size);
    }),
  );
});

test("a full table takes no more, and still finds what it has", () => {
  const { table, words } = makeTable(4);
  const rows = [16, 17, 18, 19].map((key) => table.claim(words, key));
  expect(table.claim(words, 20)).toBe(NULL);
  expect(table.find(words, 20)).toBe(NULL);
  expect([16, 17, 18, 19].map((key) => table.find(words, key))).toEqual(rows);
  expect(table.count(words)).toBe(4);
});
