import { expect, it } from "vitest";
import { DEFAULT_CONFIG } from "../../src/boot/config.ts";
import { bootMachine } from "../../src/boot/machine.ts";
import { simulate } from "../../src/boot/simulate.ts";
import { DEFAULT_COSTS, type StepCosts } from "../../src/executor/simulator/costs.ts";
import { cpuRelax } from "../../src/machine/futex.ts";
import { Rig, times } from "../executor/simulator/rig.ts";

/** How long a small machine runs. In nanoseconds. */
function machineNs(costs: StepCosts): number {
  const machine = bootMachine({ ...DEFAULT_CONFIG, scenario: "mixed", frames: 2048, gpus: 2, cpus: 2, contexts: 1 });
  return simulate(machine, { costs, invalidations: 10, seconds: 10 }).simulator.nowNs;
}

/**
 * When the first of two threads that poll on one CPU ends: in a machine each CPU has a thread, and polling is rare. In
 * nanoseconds.
 */
function pollingNs(costs: StepCosts): number {
  const rig = new Rig(1, { ...costs, sliceNs: costs.sliceNs / 1000 });
  let firstNs = 0;
  for (let thread = 0; thread < 2; thread++) {
    rig.onCpu(0, function* () {
      yield* times(120, cpuRelax);
      firstNs ||= rig.simulator.nowNs;
    });
  }
  rig.run();
  return firstNs;
}

const USUAL = new Map([machineNs, pollingNs].map((run) => [run, run(DEFAULT_COSTS)]));
const COSTS = Object.keys(DEFAULT_COSTS) as (keyof StepCosts)[];

it.each(COSTS)("%s makes a difference", (name) => {
  const run = ["relaxNs", "sliceNs"].includes(name) ? pollingNs : machineNs;
  expect(run({ ...DEFAULT_COSTS, [name]: DEFAULT_COSTS[name] * 2 })).not.toBe(USUAL.get(run));
});
