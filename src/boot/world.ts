import { Gpu } from "../device/gpu.ts";
import { createDriver } from "../driver/registry.ts";
import type { Driver } from "../driver/driver.ts";
import { Current } from "../kernel/current.ts";
import { Kernel, type KernelConfig } from "../kernel/kernel.ts";
import { Layout } from "../machine/layout.ts";
import { FrameContent, Page } from "../machine/physical.ts";
import type { Tracer } from "../machine/tracepoint.ts";
import type { Ptr } from "../machine/struct.ts";
import { placeBoard } from "../scenario/board.ts";
import { createScenario } from "../scenario/catalogue.ts";
import type { Scenario, Stage } from "../scenario/stage.ts";
import type { MachineConfig } from "./config.ts";

/** Tasks of a GPU: command engine, interrupt, and its contexts. */
const FIXED_GPU_TASKS = 2;

/**
 * A whole machine put together: kernel, GPUs, driver, scenario and oracles, each with its place in shared memory. Building
 * one touches no memory, so every thread builds its own from the same configuration and finds the same addresses.
 */
export class World {
  readonly config: MachineConfig;
  readonly layout = new Layout();
  readonly kernel: Kernel;
  readonly gpus: readonly Gpu[];
  readonly driver: Driver;
  readonly board: Ptr<"board">;
  readonly scenario: Scenario;
  readonly stage: Stage;

  /** @throws RangeError if the memory is too small for the machine */
  constructor(config: MachineConfig) {
    this.config = config;
    const { layout } = this;
    this.kernel = new Kernel(layout, kernelConfig(config));
    const { physical } = this.kernel.mm;
    this.gpus = Array.from({ length: config.gpus }, (_, index) => new Gpu(layout, physical, index, config.cpus + index, {
      tlbLatencyUs: config.tlbLatencyUs,
      preemptLatencyUs: config.preemptLatencyUs,
      outOfOrderPercent: 0,
      lostAnswerPercent: 0,
      lateAnswerPercent: 0,
      lateAnswerUs: 0,
      contexts: config.contexts,
    }));
    this.driver = createDriver(config.driver, { finish: config.finish }, this.kernel, this.gpus, layout);
    this.board = placeBoard(layout);
    this.scenario = createScenario(config.scenario, layout, this.kernel);
    this.stage = { kernel: this.kernel, driver: this.driver, gpus: this.gpus, cpus: config.cpus, board: this.board };
  }

  /** Fill the memory before any task runs; on one thread. */
  powerOn(words: Int32Array): void {
    this.kernel.powerOn(words);
    this.driver.powerOn(words);
  }

  /** Task `cpu0`, `cpu1`, … */
  cpuTask(cpu: number, hardware: Hardware): Current {
    return new Current(this.kernel, { ...hardware, id: 1 + cpu, name: `cpu${cpu}` });
  }

  /** Task number `part` of a GPU: 0 its engine, 1 its interrupt, from 2 its contexts. */
  gpuTask(gpu: number, part: number, hardware: Hardware): Current {
    const role = part === 0 ? "engine" : part === 1 ? "irq" : `ctx${part - FIXED_GPU_TASKS}`;
    const id = 1 + this.config.cpus + gpu * gpuTasks(this.config) + part;
    return new Current(this.kernel, { ...hardware, id, name: `gpu${gpu}.${role}` });
  }
}

/** What an executor lends to its tasks. */
export interface Hardware {
  readonly words: Int32Array;
  readonly tracer: Tracer;
  readonly interleaved: boolean;
  readonly nowUs: () => number;
}

export function gpuTasks(config: MachineConfig): number {
  return FIXED_GPU_TASKS + config.contexts;
}

function kernelConfig(config: MachineConfig): KernelConfig {
  const writers = config.cpus + config.gpus;
  // Oracles shadow each page-table word and each data word of a frame.
  const wordsPerFrame = Page.words + 2 * FrameContent.words + 2 * writers + 8;
  const budget = (config.memoryMib * 2 ** 20) / 4;
  return {
    frames: Math.floor((budget * 0.8) / wordsPerFrame),
    writers,
    tasks: 1 + config.cpus + config.gpus * gpuTasks(config),
    mms: 64,
    vmas: 8192,
    swapSlots: 8192,
  };
}
