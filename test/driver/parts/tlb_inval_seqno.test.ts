import fc from "fast-check";
import { expect, it } from "vitest";
import { nextTlbInvalSeqno, TLB_INVAL_SEQNO_MAX, tlbInvalSeqnoPast } from "../../../src/driver/parts/tlb_inval_seqno.ts";

const seqnos = fc.integer({ min: 1, max: TLB_INVAL_SEQNO_MAX - 1 });

/** The number `steps` after `seqno`; 0 is not among them. */
function after(seqno: number, steps: number): number {
  return ((seqno - 1 + steps) % (TLB_INVAL_SEQNO_MAX - 1)) + 1;
}

it("counts on from any number and skips 0", () => {
  fc.assert(
    fc.property(seqnos, (seqno) => {
      expect(nextTlbInvalSeqno(seqno)).toBe(after(seqno, 1));
    }),
  );
  expect(nextTlbInvalSeqno(0)).toBe(1);
  expect(nextTlbInvalSeqno(TLB_INVAL_SEQNO_MAX - 1)).toBe(1);
});

it("tells past from future over a wrap, as long as less than half the range is outstanding", () => {
  fc.assert(
    fc.property(seqnos, fc.integer({ min: 0, max: TLB_INVAL_SEQNO_MAX / 2 - 1 }), (seqno, distance) => {
      expect(tlbInvalSeqnoPast(after(seqno, distance), seqno)).toBe(true);
      expect(tlbInvalSeqnoPast(seqno, after(seqno, distance))).toBe(distance === 0);
    }),
    { examples: [[TLB_INVAL_SEQNO_MAX / 2 + 1, TLB_INVAL_SEQNO_MAX / 2 - 1]], numRuns: 1000 },
  );
});

it("takes a number for answered that is more than half the range ahead (RULES 68)", () => {
  expect(tlbInvalSeqnoPast(1, 2 + TLB_INVAL_SEQNO_MAX / 2)).toBe(true);
});

it("calls no number answered before the first answer", () => {
  expect(tlbInvalSeqnoPast(0, 1)).toBe(false);
});
