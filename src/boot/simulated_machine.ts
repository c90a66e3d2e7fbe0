import { DEFAULT_COSTS, type StepCosts } from "../executor/simulator/costs.ts";
import { Simulator } from "../executor/simulator/simulator.ts";
import { classesOf } from "../executor/simulator/word_class.ts";
import { Tracer } from "../machine/tracepoint.ts";
import { Board, endDisturbance, PHASE_BOOT } from "../scenario/board.ts";
import { bootCpu, secondaryCpu } from "../scenario/cpu_loop.ts";
import { dice } from "../scenario/dice.ts";
import type { MachineConfig } from "./config.ts";
import { gpuTaskBodies } from "./gpu_tasks.ts";
import { countProgress } from "./progress.ts";
import { World } from "./world.ts";

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
 * The machine and its scenario as on threads, but in virtual time: the same configuration gives the same run, to the nanosecond. Who
 * wants to watch listens to the tracer, and places what memory he needs, before it runs.
 */
export class SimulatedMachine {
  readonly world: World;
  readonly tracer = new Tracer();

  /** @throws RangeError for a machine that cannot be */
  constructor(config: MachineConfig) {
    this.world = new World(config);
  }

  /**
   * Switch on and run until the disturbance is over and all is taken down, or the time is up. What is done to set the process up takes
   * next to no time: its accesses are no steps. Throws what protocol code throws.
   *
   * @returns the simulator as it stands at the end
   */
  run({ costs = DEFAULT_COSTS, invalidations, seconds, onWaited }: SimulationOptions): { simulator: Simulator; isOver: boolean } {
    const { world, tracer } = this;
    const { layout, config } = world;
    countProgress(layout, tracer, invalidations, (words) => endDisturbance(words, world.board));
    const words = new Int32Array(layout.words);
    world.powerOn(words);
    const simulator = new Simulator(words, classesOf(layout), costs, config.cpus, config.seed);
    if (onWaited !== undefined) simulator.onWaited = (_thread, addr, waitedNs) => onWaited(addr, waitedNs);
    this.#spawn(simulator);
    simulator.run(seconds * 1e9, () => words[world.board + Board.phase] !== PHASE_BOOT);
    for (const { task } of simulator.threads) task.interleaved = true;
    return { simulator, isOver: simulator.run(seconds * 1e9) };
  }

  /** Interrupts of the GPUs go round the CPUs. */
  #spawn(simulator: Simulator): void {
    const { world, tracer } = this;
    const {
      config: { cpus, gpus, seed },
      stage,
      scenario,
    } = world;
    const hardware = { words: simulator.words, tracer, interleaved: false, nowUs: () => simulator.nowNs / 1000 };
    for (let cpu = 0; cpu < cpus; cpu++) {
      const actor = { current: world.task(world.tasks.cpu(cpu), hardware), stage, cpu, dice: dice(seed, cpu) };
      simulator.spawnOnCpu(cpu, actor.current, cpu === 0 ? bootCpu(actor, scenario) : secondaryCpu(actor, scenario));
    }
    for (let gpu = 0; gpu < gpus; gpu++) {
      const [engine, irq, ...contexts] = gpuTaskBodies(world, gpu, hardware);
      simulator.spawnDevice(engine.task, engine.body);
      simulator.spawnInterrupt(gpu % cpus, irq.task, irq.body);
      for (const { task, body } of contexts) simulator.spawnDevice(task, body);
    }
  }
}
