import type { Hardware, World } from "../../boot/world.ts";
import { interruptLoop } from "../../device/completion_ring.ts";
import { contextLoop } from "../../device/context.ts";
import { engineLoop } from "../../device/engine.ts";
import { FaultLine, GpuContext, GpuRegisters, type Gpu } from "../../device/gpu.ts";
import { hasFault } from "../../device/view.ts";
import type { Current } from "../../kernel/current.ts";
import type { Run } from "../../machine/step.ts";
import { serve } from "../../scenario/play/operations.ts";
import type { Operation, Play, PlayActor, PlayStage } from "../../scenario/play/play.ts";
import { AccessList } from "./access_list.ts";

/** A task and its part in a play. */
export interface Role {
  readonly task: Current;
  /** What it does, from the beginning. */
  play(): Run<unknown>;
  /** Hardware that begins with a wait for something to do. */
  readonly isAtRest: boolean;
  /** Asleep on the word `addr`: does it wait for something to do, rather than for something that it needs? */
  isIdle(addr: number): boolean;
}

/** Whoever is concurrent in a play: the same tasks in each execution. */
export class ConcurrentTasks {
  /** In the order of the machine's tasks. */
  readonly all: readonly Role[];
  readonly cpus: readonly Role[];
  /** Of all GPUs: engine, interrupt and contexts of each. */
  readonly gpus: readonly Role[];

  /**
   * @param stages with the process of each CPU, in turns
   * @param skip operations and accesses left out, as HuntMachine says
   */
  constructor(world: World, hardware: Hardware, stages: readonly PlayStage[], play: Play, skip: readonly string[]) {
    const { config } = world;
    const isLeft = (prefix: string) => (_: unknown, index: number) => !skip.includes(`${prefix}.${index}`);
    const scripts = Array.from({ length: config.cpus }, (_, cpu) => play.script(cpu, config.cpus).filter(isLeft(`cpu${cpu}`)));
    const isServed = scripts.some((script) => script.includes(serve));
    this.cpus = scripts.map((script, cpu) => cpuRole(world, hardware, stages[cpu % stages.length], cpu, script));
    this.gpus = world.gpus.flatMap((gpu) => {
      const lists = withoutSkipped(play.accesses(gpu.index, config.gpus), isLeft(`gpu${gpu.index}`));
      const contexts = gpu.contexts.map((_, index) => new AccessList(gpu, index, stages[0].vms, lists[index] ?? []));
      return gpuRoles(world, hardware, gpu, contexts, isServed);
    });
    this.all = [...this.cpus, ...this.gpus];
  }
}

function cpuRole(world: World, hardware: Hardware, stage: PlayStage, cpu: number, script: readonly Operation[]): Role {
  const current = world.task(world.tasks.cpu(cpu), hardware);
  const faultCount = stage.faultLine + FaultLine.count;
  return {
    task: current,
    isAtRest: false,
    play: () => act({ current, stage, cpu }, script),
    isIdle: (addr) => addr === faultCount,
  };
}

/** Everything that a GPU does. A fault that nobody is there to serve is no reason to be missed. */
function gpuRoles(world: World, hardware: Hardware, gpu: Gpu, lists: readonly AccessList[], isServed: boolean): Role[] {
  const { words } = hardware;
  const { regs, doorbell } = gpu;
  const engine = world.task(world.tasks.engine(gpu.index), hardware);
  const irq = world.task(world.tasks.irq(gpu.index), hardware);
  const contexts = gpu.contexts.map((context, index): Role => {
    const task = world.task(world.tasks.context(gpu.index, index), hardware);
    const list = lists[index];
    return {
      task,
      isAtRest: false,
      play: () => contextLoop(task, gpu, index, list.fromStart()),
      isIdle: (addr) => addr === context + GpuContext.event && (hasFault(words, gpu, index) ? !isServed : list.isOver),
    };
  });
  return [
    {
      task: engine,
      isAtRest: true,
      play: () => engineLoop(engine, gpu),
      isIdle: (addr) => addr === doorbell && words[regs + GpuRegisters.head] === words[regs + GpuRegisters.tail],
    },
    {
      task: irq,
      isAtRest: true,
      play: () => interruptLoop(irq, gpu, (seqno, op) => world.driver.interrupt(irq, gpu, seqno, op)),
      isIdle: (addr) => addr === regs + GpuRegisters.interrupt,
    },
    ...contexts,
  ];
}

/** A single operation is its own run: each level of generators costs every step below it. */
function act(actor: PlayActor, script: readonly Operation[]): Run<unknown> {
  return script.length === 1 ? script[0].run(actor) : oneByOne(actor, script);
}

function* oneByOne(actor: PlayActor, script: readonly Operation[]): Run<void> {
  for (const operation of script) yield* operation.run(actor);
}

/** Accesses of one GPU are numbered over all of its contexts. */
function withoutSkipped<T>(lists: readonly (readonly T[])[], isLeft: (item: T, index: number) => boolean): T[][] {
  let first = 0;
  return lists.map((list) => {
    const start = first;
    first += list.length;
    return list.filter((item, index) => isLeft(item, start + index));
  });
}
