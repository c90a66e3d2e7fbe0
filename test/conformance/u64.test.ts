import fc from "fast-check";
import { expect, it } from "vitest";
import { u64Of, valueOf } from "../../src/conformance/u64.ts";

it("writes 64-bit numbers as the traces do, and reads them back", () => {
  expect(valueOf(2n ** 64n - 1n)).toBe("ULONG_MAX");
  expect(valueOf(2n ** 64n - 4096n)).toBe("ULONG_MAX-4095");
  expect(valueOf(-1n)).toBe("ULONG_MAX");
  expect(valueOf(2n ** 53n - 1n)).toBe(2 ** 53 - 1);
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => u64Of(valueOf(value)) === value));
});
