import { expect } from "vitest";
import { TestMachine } from "./machine.ts";
import { Oracle } from "./oracle.ts";
import { play, type Play } from "./play.ts";
import { SlabBalance } from "./slab_balance.ts";

const NOTHING_IN_USE = { frames: 0, mms: 0, vmas: 0, mappings: 0, swapSlots: 0 };

/**
 * What random walks violate, by seeds from 1 on. In any case GPUs were given pages and touched them, and everything was given back.
 *
 * @param mindsTlb may nothing stay in a TLB that nobody uses? Not with contexts that stand still (see Oracle)
 */
export function violationsOfWalks(
  seeds: number,
  machineOptions: ConstructorParameters<typeof TestMachine>[0],
  playOptions: Omit<Play, "seed"> = {},
  mindsTlb = true,
): string[] {
  const found: string[] = [];
  let [commits, accesses] = [0, 0];
  for (let seed = 1; seed <= seeds; seed++) {
    const machine = new TestMachine({ gpus: 2, ...machineOptions });
    const oracle = new Oracle(machine, mindsTlb);
    const slabs = new SlabBalance(machine);
    play(machine, { seed, ...playOptions });
    found.push(...oracle.violations.map((violation) => `seed ${seed}: ${violation}`));
    expect(machine.balance(), `seed ${seed}`).toEqual(NOTHING_IN_USE);
    expect(slabs.inUse, `seed ${seed}`).toBe(0);
    commits += oracle.commits;
    accesses += oracle.accesses;
  }
  expect(commits).toBeGreaterThan(0);
  expect(accesses).toBeGreaterThan(0);
  return found;
}
