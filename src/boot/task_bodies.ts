import { contextLoop } from "../device/context.ts";
import { engineLoop } from "../device/engine.ts";
import { interruptLoop } from "../device/completion_ring.ts";
import type { Current } from "../kernel/current.ts";
import type { Run } from "../machine/step.ts";
import { bootCpu, secondaryCpu } from "../scenario/cpu_loop.ts";
import { dice } from "../scenario/dice.ts";
import { gpuProgram } from "../scenario/gpu_program.ts";
import type { Hardware, World } from "./world.ts";

/** A task and what it does. */
export interface TaskBody {
  readonly task: Current;
  readonly body: Run<unknown>;
}

/** What CPU `cpu` does: the first boots the machine and takes it down again. */
export function cpuTaskBody(world: World, cpu: number, hardware: Hardware): TaskBody {
  const { config, scenario, stage, tasks } = world;
  const actor = { current: world.task(tasks.cpu(cpu), hardware), stage, cpu, dice: dice(config.seed, cpu) };
  return { task: actor.current, body: cpu === 0 ? bootCpu(actor, scenario) : secondaryCpu(actor, scenario) };
}

/** Everything that GPU `index` does: engine, interrupt, contexts, in this order. */
export function gpuTaskBodies(world: World, index: number, hardware: Hardware): TaskBody[] {
  const { config, driver, board, scenario } = world;
  const gpu = world.gpus[index];
  const engine = world.task(world.tasks.engine(index), hardware);
  const irq = world.task(world.tasks.irq(index), hardware);
  const contexts = Array.from({ length: config.contexts }, (_, context) => {
    const task = world.task(world.tasks.context(index, context), hardware);
    const program = gpuProgram({
      words: hardware.words,
      board,
      gpu,
      context,
      seed: config.seed,
      pattern: config.access,
      isIdle: scenario.leavesGpusIdle ?? false,
    });
    return { task, body: contextLoop(task, gpu, context, program) };
  });
  return [
    { task: engine, body: engineLoop(engine, gpu) },
    { task: irq, body: interruptLoop(irq, gpu, (seqno, op) => driver.interrupt(irq, gpu, seqno, op)) },
    ...contexts,
  ];
}
