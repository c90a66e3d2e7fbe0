import { expect, it } from "vitest";
import { CORRECT_DRIVERS } from "../../src/driver/correct.ts";
import { TestMachine } from "./machine.ts";
import { Oracle } from "./oracle.ts";
import { play } from "./play.ts";

const SEEDS = 6;

/** These preempt a GPU and leave the rest for later: what its TLBs hold meanwhile, nobody can use. */
const PREEMPTS = new Set(["xe-userptr-preempt", "amdgpu", "amdgpu-partitions"]);

it.each(CORRECT_DRIVERS)("%s flushes both TLBs of a GPU that has two (RULES 72)", (driver) => {
  let accesses = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const gpuConfig = { tlbLatencyUs: 5, preemptLatencyUs: 7, contexts: 3, tlbDomains: 2 } as const;
    const machine = new TestMachine({ driver, gpus: 2, gpuConfig });
    const oracle = new Oracle(machine, !PREEMPTS.has(driver));
    play(machine, { seed, exitsEarly: seed % 3 === 0 });
    expect({ seed, violations: oracle.violations }).toEqual({ seed, violations: [] });
    accesses += oracle.accesses;
  }
  expect(accesses).toBeGreaterThan(0);
});
