import type { Hardware, World } from "../boot/world.ts";
import { interruptLoop } from "../device/completion_ring.ts";
import { contextLoop, type Access, type Program } from "../device/context.ts";
import { engineLoop } from "../device/engine.ts";
import { FaultLine, GpuContext, GpuRegisters, type Gpu } from "../device/gpu.ts";
import { hasFault } from "../device/view.ts";
import { ACCESS_WRITE } from "../machine/access_kind.ts";
import type { Current } from "../kernel/current.ts";
import type { Run } from "../machine/step.ts";
import { addressOf, type Operation, type PageAccess, type Play, type PlayActor, type PlayStage } from "../scenario/hunt/play.ts";

/** A task and what it does. */
export interface Role {
  readonly task: Current;
  readonly body: Run<unknown>;
  /** Asleep on the word `addr`: does it wait for something to do, rather than for something that it needs? */
  isIdle(addr: number): boolean;
}

/** Whoever is concurrent in a play. */
export class Cast {
  readonly #world: World;
  readonly #stage: PlayStage;
  readonly #scripts: readonly (readonly Operation[])[];
  /** By GPU and context. */
  readonly #accesses: readonly (readonly (readonly PageAccess[])[])[];

  /** @param skip operations and accesses left out, as HuntConfig says */
  constructor(world: World, stage: PlayStage, play: Play, skip: readonly string[]) {
    const { cpus, gpus } = world.config;
    this.#world = world;
    this.#stage = stage;
    const isLeft = (prefix: string) => (_: unknown, index: number) => !skip.includes(`${prefix}.${index}`);
    this.#scripts = Array.from({ length: cpus }, (_, cpu) => play.script(cpu, cpus).filter(isLeft(`cpu${cpu}`)));
    this.#accesses = Array.from({ length: gpus }, (_, gpu) => withoutSkipped(play.accesses(gpu, gpus), isLeft(`gpu${gpu}`)));
  }

  /** Their parts, from the beginning: CPUs first, then each GPU's engine, interrupt and contexts. */
  roles(hardware: Hardware): Role[] {
    const roles = this.#scripts.map((script, cpu) => this.#cpu(script, cpu, hardware));
    for (const gpu of this.#world.gpus) {
      roles.push(...hardwareRoles(this.#world, gpu, hardware, (context) => this.#script(gpu, context)));
    }
    return roles;
  }

  #cpu(script: readonly Operation[], cpu: number, hardware: Hardware): Role {
    const current = this.#world.cpuTask(cpu, hardware);
    const faultCount = this.#stage.faultLine + FaultLine.count;
    return { task: current, body: act({ current, stage: this.#stage, cpu }, script), isIdle: (addr) => addr === faultCount };
  }

  #script(gpu: Gpu, context: number): AccessList {
    return new AccessList(gpu, context, this.#stage.vms[gpu.index], this.#accesses[gpu.index][context] ?? []);
  }
}

/** Everything that a GPU does. */
export function hardwareRoles(world: World, gpu: Gpu, hardware: Hardware, listOf: (context: number) => AccessList): Role[] {
  const { words } = hardware;
  const { regs } = gpu;
  const engine = world.gpuTask(gpu.index, 0, hardware);
  const irq = world.gpuTask(gpu.index, 1, hardware);
  const contexts = gpu.contexts.map((context, index) => {
    const task = world.gpuTask(gpu.index, 2 + index, hardware);
    const list = listOf(index);
    return {
      task, body: contextLoop(task, gpu, index, list.next),
      isIdle: (addr: number) => addr === context + GpuContext.event && list.isOver && !hasFault(words, gpu, index),
    };
  });
  return [
    {
      task: engine, body: engineLoop(engine, gpu),
      isIdle: (addr) => addr === gpu.doorbell && words[regs + GpuRegisters.head] === words[regs + GpuRegisters.tail],
    },
    {
      task: irq, body: interruptLoop(irq, gpu, (seqno, op) => world.driver.interrupt(irq, gpu, seqno, op)),
      isIdle: (addr) => addr === regs + GpuRegisters.interrupt,
    },
    ...contexts,
  ];
}

/** What a context accesses, one after the other. */
export class AccessList {
  readonly next: Program;
  #done = 0;
  readonly #count: number;

  constructor(gpu: Gpu, context: number, vm: Access["vm"], accesses: readonly PageAccess[]) {
    const ownWord = (gpu.physical.writerWord(0, gpu.writer) - gpu.physical.content(0)) * 4; // reads see what this GPU wrote
    this.#count = accesses.length;
    this.next = () => {
      if (this.isOver) return null;
      const { page, kind } = accesses[this.#done++];
      const stamp = (this.#done << 10) | (gpu.index << 4) | (context << 1) | 1;
      return { vm, va: addressOf(page) + ownWord, kind, value: kind === ACCESS_WRITE ? stamp : 1 };
    };
  }

  /** Is nothing left to access? */
  get isOver(): boolean {
    return this.#done === this.#count;
  }
}

function* act(actor: PlayActor, script: readonly Operation[]): Run<void> {
  for (const operation of script) yield* operation.run(actor);
}

/** Accesses of one GPU are numbered over all of its contexts. */
function withoutSkipped(
  lists: readonly (readonly PageAccess[])[], isLeft: (access: PageAccess, index: number) => boolean,
): PageAccess[][] {
  let first = 0;
  return lists.map((list) => {
    const start = first;
    first += list.length;
    return list.filter((access, index) => isLeft(access, start + index));
  });
}
