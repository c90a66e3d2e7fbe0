import { expect, it } from "vitest";
import { readers } from "../../../src/compare/experiments/readers.ts";
import { measure } from "../../../src/compare/trial.ts";
import { DEFAULT_COSTS } from "../../../src/executor/simulator/costs.ts";

const OPTIONS = { designs: [], gpus: [1], tlbLatencyUs: [40], cpus: 1, seed: 1 };

function measuredBeside(others: number, seconds: number) {
  const trial = readers.trials(OPTIONS).find(({ labels }) => labels["others"] === others)!;
  return measure({ ...trial, seconds }, DEFAULT_COSTS);
}

it("a reader waits beside one who invalidates what is none of its business, longer beside four, and not if it is alone", () => {
  const [none, one, four] = [0, 1, 4].map((others) => measuredBeside(others, 0.004));
  expect(none.readerWaits).toBe(0);
  expect(one.readerWaits).toBeGreaterThan(0);
  expect(four.readerWaitUs.p50).toBeGreaterThan(2 * one.readerWaitUs.p50);
});

it("a wait that is not over counts as long as it has lasted", () => {
  const { readerWaits, readersWaiting, readerWaitUs } = measuredBeside(16, 0.004);
  expect(readersWaiting).toBe(1);
  expect(readerWaits).toBeGreaterThan(0);
  expect(readerWaitUs.max).toBeGreaterThan(1000);
});
