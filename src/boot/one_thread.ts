import { attachOracles } from "../check/all.ts";
import { DeadlockError, randomWalk, TooManyStepsError } from "../executor/explorer/engine/random_walk.ts";
import { Tracer } from "../machine/tracepoint.ts";
import { endDisturbance } from "../scenario/board.ts";
import { bootCpu, secondaryCpu } from "../scenario/cpu_loop.ts";
import { dice } from "../scenario/dice.ts";
import type { Workload } from "../scenario/strace/workload.ts";
import { balances } from "./balances.ts";
import { checkWorld } from "./check_world.ts";
import type { MachineConfig } from "./config.ts";
import { findingsOf, type Findings } from "./findings.ts";
import { gpuTaskBodies } from "./gpu_tasks.ts";
import { countProgress } from "./progress.ts";
import { World, type WorkloadFigures } from "./world.ts";

/** Virtual time of a step, in microseconds: what an access costs on real threads. */
const STEP_US = 0.05;

export interface OneThreadOptions {
  readonly config: MachineConfig;
  /** To be replayed once instead of the scenario. */
  readonly workload?: Workload;
  /** End of the disturbance. */
  readonly invalidations: number;
  readonly maxSteps: number;
}

export interface OneThreadOutcome extends Findings, WorkloadFigures {
  /** Why it did not come to its end: nobody could run any more, or it took too many steps; null if it did. */
  readonly stuck: "deadlock" | "too many steps" | null;
}

/**
 * The same machine, scenario and oracles in one thread, every access of every processor a step of a random walk. The same
 * configuration gives the same run. Throws what protocol code throws.
 */
export function runInOneThread(options: OneThreadOptions): OneThreadOutcome {
  const { config } = options;
  const world = new World(config, options.workload ?? null);
  const tracer = new Tracer();
  countProgress(world.layout, tracer, options.invalidations, (words) => endDisturbance(words, world.board));
  const oracles = attachOracles(tracer, world.layout, { ...checkWorld(world, 0), threads: 1 });
  const words = new Int32Array(new SharedArrayBuffer(world.layout.words * 4));
  world.powerOn(words);
  let stuck: OneThreadOutcome["stuck"] = null;
  try {
    const engine = randomWalk({
      words,
      seed: config.seed,
      maxSteps: options.maxSteps,
      stepUs: STEP_US,
      spawn: (walk) => {
        const hardware = { words, tracer, interleaved: true, nowUs: () => walk.nowUs };
        for (let cpu = 0; cpu < config.cpus; cpu++) {
          const actor = {
            current: world.task(world.tasks.cpu(cpu), hardware),
            stage: world.stage,
            cpu,
            dice: dice(config.seed, cpu),
          };
          walk.spawn(actor.current, cpu === 0 ? bootCpu(actor, world.scenario) : secondaryCpu(actor, world.scenario));
        }
        for (let gpu = 0; gpu < config.gpus; gpu++) {
          for (const { task, body } of gpuTaskBodies(world, gpu, hardware)) walk.spawn(task, body);
        }
      },
    });
    oracles.atQuiescence(engine.threads[0].task, balances(world, words));
  } catch (error) {
    if (error instanceof DeadlockError) stuck = "deadlock";
    else if (error instanceof TooManyStepsError) stuck = "too many steps";
    else throw error;
  }
  return { ...findingsOf(oracles), ...world.workloadFigures(words), stuck };
}
