import type { MachineConfig } from "../boot/config.ts";
import { bootMachine } from "../boot/machine.ts";
import { simulate } from "../boot/simulate.ts";
import type { StepCosts } from "../executor/simulator/costs.ts";
import { TREE_NODE } from "../executor/simulator/word_class.ts";
import type { Measured } from "../report/comparison.ts";
import { Meter } from "./meter.ts";

/** One machine with one design, to be measured. Plain data: it crosses threads. */
export interface Trial {
  /** What sets it apart from the other trials of its experiment. */
  readonly labels: Readonly<Record<string, string | number>>;
  readonly config: MachineConfig;
  /** After so many invalidations it is over; null: when its time is. */
  readonly invalidations: number | null;
  /** Virtual time after which it is over, or is given up if it should have come to its end before; in seconds. */
  readonly seconds: number;
  /** Do the oracles watch? They cost real time, but no virtual time. */
  readonly isWatched: boolean;
}

/** Run a trial in the simulator. */
export function measure({ config, invalidations, seconds, isWatched }: Trial, costs: StepCosts): Measured {
  const machine = bootMachine(config);
  const meter = new Meter(machine.layout, config.gpus);
  meter.listen(machine.tracer);
  const oracles = isWatched ? machine.watch({ measures: false }) : null;
  const { simulator, isOver } = simulate(machine, {
    costs,
    invalidations: invalidations ?? Infinity,
    seconds,
    onWaited: (addr, waitedNs) => meter.waited(addr, waitedNs),
  });
  if (isOver && oracles !== null) machine.drawBalance(oracles, simulator.threads[0].task);
  const virtualUs = simulator.nowNs / 1000;
  const { busyNs } = simulator.stepCost;
  return {
    ...meter.figures(virtualUs),
    treeWalkPercent: (100 * busyNs[TREE_NODE]) / busyNs.reduce((sum, ns) => sum + ns, 0),
    violations: oracles?.violationCounts() ?? {},
    isOver,
    virtualUs,
    steps: simulator.steps,
  };
}
