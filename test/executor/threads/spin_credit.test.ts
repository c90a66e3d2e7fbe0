import { expect, test } from "vitest";
import { SpinCredit } from "../../../src/executor/threads/spin_credit.ts";

/** Spins tried in `waits` waits, each answered or not. */
function spins(credit: SpinCredit, waits: number, isAnswered: boolean): number {
  let tried = 0;
  for (let i = 0; i < waits; i++) {
    if (!credit.shouldSpin()) continue;
    tried++;
    credit.record(isAnswered);
  }
  return tried;
}

test("a thread spins at first, and goes on as long as it is answered", () => {
  expect(spins(new SpinCredit(), 1000, true)).toBe(1000);
});

test("unanswered spins stop soon, but for a probe in 64 waits", () => {
  const credit = new SpinCredit();
  expect(spins(credit, 8, false)).toBe(8);
  expect(spins(credit, 640, false)).toBe(10);
});

test("an answered probe brings spinning back", () => {
  const credit = new SpinCredit();
  spins(credit, 500, false);
  expect(spins(credit, 64 + 100, true)).toBeGreaterThanOrEqual(100);
});

test("one unlucky spin among lucky ones changes nothing", () => {
  const credit = new SpinCredit();
  for (let i = 0; i < 100; i++) expect(spins(credit, 4, true) + spins(credit, 1, false)).toBe(5);
});
