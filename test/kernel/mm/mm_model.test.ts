import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MADV_DONTNEED, MADV_FREE } from "../../../src/kernel/mm/mman.ts";
import { Comparison, PAGES, PROCESSES, type Op } from "./comparison.ts";
import { Machine, NOTHING_IN_USE } from "./fixture.ts";

const at = fc.nat(PAGES - 1);
const count = fc.integer({ min: 1, max: 8 });
const prot = fc.integer({ min: 0, max: 3 });
const opArbitrary: fc.Arbitrary<Op> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant("map" as const),
      at,
      count,
      prot: fc.constantFrom(3, 3, 3, 1, 0),
      isShared: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant("unmap" as const), at, count }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant("protect" as const), at, count, prot }) },
  {
    weight: 2,
    arbitrary: fc.record({ op: fc.constant("advise" as const), at, count, advice: fc.constantFrom(MADV_DONTNEED, MADV_FREE) }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant("move" as const), at, count, to: at, isOldKept: fc.boolean() }) },
  { weight: 12, arbitrary: fc.record({ op: fc.constantFrom("read" as const, "write" as const, "add" as const), at }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant("reclaim" as const), count: fc.integer({ min: 1, max: 12 }) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constantFrom("fork" as const, "exit" as const) }) },
);

describe("memory management against a model", () => {
  test("every process sees what a plain map of its pages says", () => {
    const step = fc.record({ who: fc.nat(PROCESSES - 1), what: opArbitrary });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60, size: "max" }), (ops) => {
        const machine = new Machine();
        machine.run((cpu) => new Comparison().run(cpu, ops));
        expect(machine.balance()).toEqual(NOTHING_IN_USE);
      }),
      { numRuns: 400 },
    );
  });

  test("so it is with hardly any memory, when everything goes through swap", () => {
    const step = fc.record({ who: fc.nat(PROCESSES - 1), what: opArbitrary });
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 80, size: "max" }), (ops) => {
        const machine = new Machine({ frames: 75, swapSlots: 200 });
        machine.run((cpu) => new Comparison().run(cpu, ops));
        expect(machine.balance()).toEqual(NOTHING_IN_USE);
      }),
      { numRuns: 200 },
    );
  });
});
