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
    expect(violations(25, { driver: "gpusvm" })).toEqual(new Set());
    expect(violations(10, { driver: "gpusvm", frames: 512 }, { pages: 40, operations: 5 })).toEqual(new Set());
    expect(violations(10, { driver: "gpusvm", gpuConfig: { contexts: 2, tlbLatencyUs: 5 } }, { exitsEarly: true })).toEqual(new Set());
  });
});

describe("gpusvm-two-pass-checked", () => {
  const CHECKED = "gpusvm-two-pass-checked";

  it("keeps GPUs off pages that are taken away", () => {
    expect(violations(25, { driver: CHECKED }, { disturbers: 1, operations: 5 })).toEqual(new Set());
    expect(violations(25, { driver: CHECKED })).toEqual(new Set());
    expect(violations(10, { driver: CHECKED, frames: 512 }, { pages: 40, operations: 5 })).toEqual(new Set());
  });

  it("survives allocations that fail, late answers, and the end of the process", () => {
    expect(violations(10, { driver: CHECKED, driverOptions: { finish: { kind: "nowait", failPercent: 50 } } })).toEqual(new Set());
    const late = { lateAnswerPercent: 30, lateAnswerUs: 1_000_000 };
    expect(violations(10, { driver: CHECKED, gpuConfig: late })).toEqual(new Set());
    expect(violations(10, { driver: CHECKED, gpuConfig: { contexts: 2, tlbLatencyUs: 5 } }, { exitsEarly: true })).toEqual(new Set());
  });
});
