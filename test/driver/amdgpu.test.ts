import { expect, it } from "vitest";
import { TestMachine } from "./machine.ts";
import { Oracle } from "./oracle.ts";
import { play, type Play } from "./play.ts";
import { SlabBalance } from "./slab_balance.ts";

const NOTHING_IN_USE = { frames: 0, mms: 0, vmas: 0, mappings: 0, swapSlots: 0 };

/** What walks find; everything is given back in any case. */
function violations(seeds: number, gpuConfig: object, playOptions: Omit<Play, "seed"> = {}): string[] {
  const found: string[] = [];
  let accesses = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const machine = new TestMachine({ driver: "amdgpu", gpus: 2, gpuConfig });
    // A context that stands still may leave what it likes in the TLB: it uses none of it.
    const oracle = new Oracle(machine, false);
    const slabs = new SlabBalance(machine);
    play(machine, { seed, ...playOptions });
    found.push(...oracle.violations.map((violation) => `seed ${seed}: ${violation}`));
    expect(machine.balance(), `seed ${seed}`).toEqual(NOTHING_IN_USE);
    expect(slabs.inUse, `seed ${seed}`).toBe(0);
    accesses += oracle.accesses;
  }
  expect(accesses).toBeGreaterThan(0);
  return found;
}

it("keeps jobs off pages that are taken away", () => {
  expect(violations(40, {})).toEqual([]);
  expect(violations(20, { contexts: 3, preemptLatencyUs: 20 }, { operations: 5, accesses: 4 })).toEqual([]);
});

it("survives the end of the process while jobs run in it", () => {
  expect(violations(30, {}, { exitsEarly: true, operations: 1 })).toEqual([]);
});
