import type { MachineConfig } from "./config.ts";
import { findingsOf, type Findings } from "./findings.ts";
import { bootMachine } from "./machine.ts";
import { simulate, type SimulationOptions } from "./simulate.ts";

export interface SimulatedOutcome extends Findings {
  /** Has everything come to its end in time? */
  readonly isOver: boolean;
  /** Virtual time that it took, in microseconds. */
  readonly nowUs: number;
  readonly steps: number;
}

/** A run in virtual time with all oracles. */
export function runSimulated(config: MachineConfig, options: SimulationOptions): SimulatedOutcome {
  const machine = bootMachine(config);
  const oracles = machine.watch();
  const { simulator, isOver } = simulate(machine, options);
  if (isOver) machine.drawBalance(oracles, simulator.threads[0].task);
  return { ...findingsOf(oracles), isOver, nowUs: simulator.nowNs / 1000, steps: simulator.steps };
}
