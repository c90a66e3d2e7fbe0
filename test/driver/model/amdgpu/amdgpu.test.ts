import { expect, it } from "vitest";
import type { Play } from "../../play.ts";
import { violationsOfWalks } from "../../walks.ts";

/** A context that stands still may leave what it likes in the TLB: it uses none of it. */
function violations(seeds: number, gpuConfig: object, playOptions: Omit<Play, "seed"> = {}): string[] {
  return violationsOfWalks(seeds, { driver: "amdgpu", gpuConfig }, playOptions, false);
}

it("keeps jobs off pages that are taken away", () => {
  expect(violations(40, {})).toEqual([]);
  expect(violations(20, { contexts: 3, preemptLatencyUs: 20 }, { operations: 5, accesses: 4 })).toEqual([]);
});

it("survives the end of the process while jobs run in it", () => {
  expect(violations(30, {}, { exitsEarly: true, operations: 1 })).toEqual([]);
});
