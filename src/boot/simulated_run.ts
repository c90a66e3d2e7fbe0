import { attachOracles } from "../check/all.ts";
import { balances } from "./balances.ts";
import { checkWorld } from "./check_world.ts";
import type { MachineConfig } from "./config.ts";
import { findingsOf, type Findings } from "./findings.ts";
import { SimulatedMachine, type SimulationOptions } from "./simulated_machine.ts";

export interface SimulatedOutcome extends Findings {
  /** Has everything come to its end in time? */
  readonly isOver: boolean;
  /** Virtual time that it took, in microseconds. */
  readonly nowUs: number;
  readonly steps: number;
}

/** A run in virtual time with all oracles. */
export function runSimulated(config: MachineConfig, options: SimulationOptions): SimulatedOutcome {
  const machine = new SimulatedMachine(config);
  const { world, tracer } = machine;
  const oracles = attachOracles(tracer, world.layout, { ...checkWorld(world, 0), threads: 1 });
  const { simulator, isOver } = machine.run(options);
  if (isOver) oracles.atQuiescence(simulator.threads[0].task, balances(world, simulator.words));
  return { ...findingsOf(oracles), isOver, nowUs: simulator.nowNs / 1000, steps: simulator.steps };
}
