import { attachOracles } from "../check/all.ts";
import { DEFAULT_COSTS, type StepCosts } from "../executor/simulator/costs.ts";
import { Simulator } from "../executor/simulator/simulator.ts";
import { classesOf } from "../executor/simulator/word_class.ts";
import { Tracer } from "../machine/tracepoint.ts";
import { endDisturbance } from "../scenario/board.ts";
import { bootCpu, secondaryCpu } from "../scenario/cpu_loop.ts";
import { dice } from "../scenario/dice.ts";
import { balances } from "./balances.ts";
import { checkWorld } from "./check_world.ts";
import type { MachineConfig } from "./config.ts";
import { findingsOf, type Findings } from "./findings.ts";
import { gpuTaskBodies } from "./gpu_tasks.ts";
import { countProgress } from "./progress.ts";
import { World } from "./world.ts";

export interface SimulatedRunOptions {
  readonly config: MachineConfig;
  readonly costs?: StepCosts;
  /** After so many invalidations the disturbance ends. */
  readonly invalidations: number;
  /** Virtual time at which to give up, in seconds. */
  readonly seconds: number;
}

export interface SimulatedOutcome extends Findings {
  /** Has everything come to its end in time? */
  readonly isOver: boolean;
  /** Virtual time that it took, in microseconds. */
  readonly nowUs: number;
  readonly steps: number;
}

/**
 * The machine, its scenario and its oracles as on threads, but in virtual time. The same configuration gives the same run, to the
 * nanosecond. Throws what protocol code throws.
 */
export function runSimulated({ config, costs = DEFAULT_COSTS, invalidations, seconds }: SimulatedRunOptions): SimulatedOutcome {
  const world = new World(config);
  const { layout } = world;
  const tracer = new Tracer();
  countProgress(layout, tracer, invalidations, (words) => endDisturbance(words, world.board));
  const oracles = attachOracles(tracer, layout, { ...checkWorld(world, 0), threads: 1 });
  const words = new Int32Array(new SharedArrayBuffer(layout.words * 4));
  world.powerOn(words);
  const simulator = new Simulator(words, classesOf(layout), costs, config.cpus, config.seed);
  const hardware = { words, tracer, interleaved: true, nowUs: () => simulator.nowNs / 1000 };
  for (let cpu = 0; cpu < config.cpus; cpu++) {
    const actor = { current: world.cpuTask(cpu, hardware), stage: world.stage, cpu, dice: dice(config.seed, cpu) };
    simulator.spawnOnCpu(cpu, actor.current, cpu === 0 ? bootCpu(actor, world.scenario) : secondaryCpu(actor, world.scenario));
  }
  for (let gpu = 0; gpu < config.gpus; gpu++) {
    const [engine, irq, ...contexts] = gpuTaskBodies(world, gpu, hardware);
    simulator.spawnDevice(engine.task, engine.body);
    simulator.spawnInterrupt(gpu % config.cpus, irq.task, irq.body);
    for (const { task, body } of contexts) simulator.spawnDevice(task, body);
  }
  const isOver = simulator.run(seconds * 1e9);
  if (isOver) oracles.atQuiescence(simulator.threads[0].task, balances(world, words));
  return { ...findingsOf(oracles), isOver, nowUs: simulator.nowNs / 1000, steps: simulator.steps };
}
