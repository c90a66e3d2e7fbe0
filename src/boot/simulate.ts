import { DEFAULT_COSTS, type StepCosts } from "../executor/simulator/costs.ts";
import { Simulator } from "../executor/simulator/simulator.ts";
import { classesOf } from "../executor/simulator/word_class.ts";
import { Board, endDisturbance, PHASE_BOOT } from "../scenario/board.ts";
import type { Machine } from "./machine.ts";
import { countProgress } from "./progress.ts";
import { cpuTaskBody, gpuTaskBodies } from "./task_bodies.ts";

export interface SimulationOptions {
  readonly costs?: StepCosts;
  /** After so many invalidations the disturbance ends. */
  readonly invalidations: number;
  /** Virtual time at which to give up, in seconds. */
  readonly seconds: number;
  /** Told of each wait on a word when it is over. */
  readonly onWaited?: (addr: number, waitedNs: number) => void;
}

/**
 * Switch a machine on and run it in virtual time until the disturbance is over and all is taken down, or the time is up: the same
 * configuration gives the same run, to the nanosecond. Who wants to watch listens before. What is done to set the process up
 * takes next to no time: its accesses are no steps. Throws what protocol code throws.
 *
 * @returns the simulator as it stands at the end
 */
export function simulate(machine: Machine, options: SimulationOptions): { simulator: Simulator; isOver: boolean } {
  const { costs = DEFAULT_COSTS, invalidations, seconds, onWaited } = options;
  const { world, tracer, layout } = machine;
  const { config, board } = world;
  countProgress(layout, tracer, invalidations, (memory) => endDisturbance(memory, board));
  const words = machine.powerOn();
  const simulator = new Simulator(words, classesOf(layout), costs, config.cpus, config.seed);
  if (onWaited !== undefined) simulator.onWaited = (_thread, addr, waitedNs) => onWaited(addr, waitedNs);
  spawnTasks(simulator, machine);
  simulator.run(seconds * 1e9, () => words[board + Board.phase] !== PHASE_BOOT);
  for (const { task } of simulator.threads) task.interleaved = true;
  return { simulator, isOver: simulator.run(seconds * 1e9) };
}

/** Interrupts of the GPUs go round the CPUs. */
function spawnTasks(simulator: Simulator, { world, tracer }: Machine): void {
  const { cpus, gpus } = world.config;
  const hardware = { words: simulator.words, tracer, interleaved: false, nowUs: () => simulator.nowNs / 1000 };
  for (let cpu = 0; cpu < cpus; cpu++) {
    const { task, body } = cpuTaskBody(world, cpu, hardware);
    simulator.spawnOnCpu(cpu, task, body);
  }
  for (let gpu = 0; gpu < gpus; gpu++) {
    const [engine, irq, ...contexts] = gpuTaskBodies(world, gpu, hardware);
    simulator.spawnDevice(engine.task, engine.body);
    simulator.spawnInterrupt(gpu % cpus, irq.task, irq.body);
    for (const { task, body } of contexts) simulator.spawnDevice(task, body);
  }
}
