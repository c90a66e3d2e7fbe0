import fc from "fast-check";
import { expect, it } from "vitest";
import { peekAddr, peekU64, pokeAddr, pokeU64 } from "../../src/machine/access.ts";
import { levelSize, mkPte, pageAlignDown, pageAlignUp, ptePfn, tableIndex, TABLE_LEVELS } from "../../src/machine/pte.ts";
import { addrOf, kindOf, MAX_WORDS, RELAX, stepOf } from "../../src/machine/step.ts";

const words = new Int32Array(new SharedArrayBuffer(64));

it("keeps whole 64-bit values", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
      pokeU64(words, 2, value);
      expect(peekU64(words, 2)).toBe(value);
    }),
  );
});

it("stores modulo 2^64", () => {
  pokeU64(words, 2, 2n ** 64n + 5n);
  expect(peekU64(words, 2)).toBe(5n);
  pokeU64(words, 2, -1n);
  expect(peekU64(words, 2)).toBe(2n ** 64n - 1n);
});

it("keeps addresses below 2^53, and agrees with the 64-bit view", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (value) => {
      pokeAddr(words, 2, value);
      expect(peekAddr(words, 2)).toBe(value);
      expect(peekU64(words, 2)).toBe(BigInt(value));
    }),
  );
});

it("packs a step into a positive small integer", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: RELAX }), fc.integer({ min: 0, max: MAX_WORDS - 1 }), (kind, addr) => {
      const step = stepOf(kind, addr);
      expect(step).toBeGreaterThanOrEqual(0);
      expect([kindOf(step), addrOf(step)]).toEqual([kind, addr]);
    }),
  );
});

it("finds the entry of an address in each level", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), (va) => {
      let sum = va % levelSize(0);
      for (let level = 0; level < TABLE_LEVELS; level++) sum += tableIndex(va, level) * levelSize(level);
      expect(sum).toBe(va);
      expect(pageAlignDown(va)).toBeLessThanOrEqual(va);
      expect(pageAlignUp(va) - pageAlignDown(va)).toBe(va % 4096 === 0 ? 0 : 4096);
    }),
  );
});

it("keeps frame numbers of 24 bits beside the flags", () => {
  expect(ptePfn(mkPte(2 ** 24 - 1, 0xff))).toBe(2 ** 24 - 1);
});
