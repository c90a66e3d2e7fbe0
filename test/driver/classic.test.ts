import { describe, expect, it } from "vitest";
import { TestMachine } from "./machine.ts";
import { Oracle } from "./oracle.ts";
import { play, type Play } from "./play.ts";
import { SlabBalance } from "./slab_balance.ts";

const NOTHING_IN_USE = { frames: 0, mms: 0, vmas: 0, mappings: 0, swapSlots: 0 };

/** What walks find; everything is given back in any case. */
function violations(seeds: number, machineOptions: ConstructorParameters<typeof TestMachine>[0], playOptions: Omit<Play, "seed"> = {}): string[] {
  const found: string[] = [];
  let commits = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const machine = new TestMachine({ gpus: 2, ...machineOptions });
    const oracle = new Oracle(machine);
    const slabs = new SlabBalance(machine);
    play(machine, { seed, ...playOptions });
    found.push(...oracle.violations.map((violation) => `seed ${seed}: ${violation}`));
    expect(machine.balance(), `seed ${seed}`).toEqual(NOTHING_IN_USE);
    expect(slabs.inUse, `seed ${seed}`).toBe(0);
    commits += oracle.commits;
  }
  expect(commits).toBeGreaterThan(0);
  return found;
}

describe.each(["kvm", "nouveau", "nouveau-undone"])("%s", (driver) => {
  it("keeps GPUs off pages that are taken away", () => {
    expect(violations(30, { driver })).toEqual([]);
    expect(violations(20, { driver, gpuConfig: { tlbLatencyUs: 5, contexts: 2 } }, { operations: 5 })).toEqual([]);
  });

  it("survives the end of the process while GPUs work in it", () => {
    expect(violations(20, { driver }, { exitsEarly: true, operations: 1 })).toEqual([]);
  });
});
