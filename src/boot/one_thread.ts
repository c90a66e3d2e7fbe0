import { DeadlockError, randomWalk, TooManyStepsError } from "../executor/explorer/engine/random_walk.ts";
import { endDisturbance } from "../scenario/board.ts";
import type { ReplayFigures } from "../scenario/stage.ts";
import type { WorkloadReplay } from "../scenario/workload.ts";
import type { MachineConfig } from "./config.ts";
import { findingsOf, type Findings } from "./findings.ts";
import { bootMachine } from "./machine.ts";
import { countProgress } from "./progress.ts";
import { cpuTaskBody, gpuTaskBodies } from "./task_bodies.ts";

/** Virtual time of a step, in microseconds: what an access costs on real threads. */
const STEP_US = 0.05;

export interface OneThreadOptions {
  readonly config: MachineConfig;
  /** Instead of the scenario. */
  readonly replay?: WorkloadReplay;
  /** End of the disturbance. */
  readonly invalidations: number;
  readonly maxSteps: number;
}

export interface OneThreadOutcome extends Findings {
  /** What a replay came to; null if there was none. */
  readonly replayed: ReplayFigures | null;
  /** Why it did not come to its end: nobody could run any more, or it took too many steps; null if it did. */
  readonly stuck: "deadlock" | "too many steps" | null;
}

/**
 * The same machine, scenario and oracles in one thread, every access of every processor a step of a random walk. The same
 * configuration gives the same run. Throws what protocol code throws.
 */
export function runInOneThread({ config, replay, invalidations, maxSteps }: OneThreadOptions): OneThreadOutcome {
  const machine = bootMachine(config, replay);
  const { world, tracer } = machine;
  countProgress(world.layout, tracer, invalidations, (memory) => endDisturbance(memory, world.board));
  const oracles = machine.watch();
  const words = machine.powerOn();
  let stuck: OneThreadOutcome["stuck"] = null;
  try {
    const engine = randomWalk({
      words,
      seed: config.seed,
      maxSteps,
      stepUs: STEP_US,
      spawn: (walk) => {
        const hardware = { words, tracer, interleaved: true, nowUs: () => walk.nowUs };
        for (let cpu = 0; cpu < config.cpus; cpu++) {
          const { task, body } = cpuTaskBody(world, cpu, hardware);
          walk.spawn(task, body);
        }
        for (let gpu = 0; gpu < config.gpus; gpu++) {
          for (const { task, body } of gpuTaskBodies(world, gpu, hardware)) walk.spawn(task, body);
        }
      },
    });
    machine.drawBalance(oracles, engine.threads[0].task);
  } catch (error) {
    if (error instanceof DeadlockError) stuck = "deadlock";
    else if (error instanceof TooManyStepsError) stuck = "too many steps";
    else throw error;
  }
  return { ...findingsOf(oracles), replayed: world.scenario.figures?.(words) ?? null, stuck };
}
