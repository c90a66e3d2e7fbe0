import { describe, expect, it } from "vitest";
import { TestMachine } from "./machine.ts";
import { Oracle } from "./oracle.ts";
import { play, type Play } from "./play.ts";
import { SlabBalance } from "./slab_balance.ts";

const NOTHING_IN_USE = { frames: 0, mms: 0, vmas: 0, mappings: 0, swapSlots: 0 };

/** What violations walks find, by kind; everything is given back in any case. */
function violations(seeds: number, machineOptions: ConstructorParameters<typeof TestMachine>[0], playOptions: Omit<Play, "seed"> = {}) {
  const found = new Set<string>();
  let commits = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const machine = new TestMachine({ gpus: 2, ...machineOptions });
    const oracle = new Oracle(machine);
    const slabs = new SlabBalance(machine);
    play(machine, { seed, ...playOptions });
    for (const violation of oracle.violations) found.add(/join: .* has a translation|join|stale access/.exec(violation)?.[0].replace(/gpu\d/, "gpu") ?? violation);
    expect(machine.balance(), `seed ${seed}`).toEqual(NOTHING_IN_USE);
    expect(slabs.inUse, `seed ${seed}`).toBe(0);
    commits += oracle.commits;
  }
  expect(commits).toBeGreaterThan(0);
  return found;
}

describe("gpusvm", () => {
  it("keeps GPUs off pages that are taken away, in big ranges and in small ones", () => {
    expect(violations(60, { driver: "gpusvm" })).toEqual(new Set());
    expect(violations(30, { driver: "gpusvm", frames: 512 }, { pages: 40, operations: 5 })).toEqual(new Set());
    expect(violations(30, { driver: "gpusvm", gpuConfig: { contexts: 2, tlbLatencyUs: 5 } }, { exitsEarly: true })).toEqual(new Set());
  });
});
