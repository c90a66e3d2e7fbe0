import { expect, it } from "vitest";
import { TestMachine } from "./machine.ts";
import { Oracle } from "./oracle.ts";
import { play } from "./play.ts";

for (const driver of ["single-pass", "xe-userptr", "xe-userptr-preempt"])
it(driver, () => {
  let bad = 0; const kinds: any = {};
  for (let seed = 1; seed <= 40; seed++) {
    const machine = new TestMachine({ driver, gpus: 2 });
    const oracle = new Oracle(machine, driver !== "xe-userptr-preempt");
    try {
    play(machine, { seed });
    } catch (e: any) { console.log(seed, e.stack.slice(0, 1500)); throw e; }
    if (oracle.violations.length) { bad++; console.log(seed, oracle.violations); }
    expect(machine.balance()).toEqual({ frames: 0, mms: 0, vmas: 0, mappings: 0, swapSlots: 0 });
    if (seed < 5) console.log(seed, oracle.accesses, oracle.commits, oracle.zaps, oracle.retries, oracle.flushes, oracle.fallbacks, oracle.unmaps);
  }
  console.log(driver, bad);
});
