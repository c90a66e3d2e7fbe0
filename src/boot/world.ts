import { DEFAULT_GPU_CONFIG, type GpuConfig } from "../device/config.ts";
import { FaultLine, Gpu } from "../device/gpu.ts";
import { hasFault } from "../device/view.ts";
import { createDriver, passesFor } from "../driver/catalogue.ts";
import type { Driver } from "../driver/driver.ts";
import { Current } from "../kernel/current.ts";
import { Kernel, type KernelConfig } from "../kernel/kernel.ts";
import { Layout } from "../machine/layout.ts";
import type { Tracer } from "../machine/tracepoint.ts";
import type { Ptr } from "../machine/struct.ts";
import { Board, placeBoard } from "../scenario/board.ts";
import { createScenario } from "../scenario/catalogue.ts";
import type { Scenario, Stage } from "../scenario/stage.ts";
import type { Workload } from "../scenario/strace/workload.ts";
import { WorkloadScenario } from "../scenario/workload.ts";
import type { KernelSlabs, MachineConfig } from "./config.ts";

const USUAL_SLABS: KernelSlabs = { mms: 128, vmas: 8192, swapSlots: 8192 };

const USUAL_NOTIFIERS = 100;

/** A page has no more words: in a larger machine the last GPUs share one, and what they write cannot be told apart. */
const MAX_WRITERS = 511;

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

  /**
   * @param workload what to replay instead of the configured scenario, and how many `rounds` of it
   * @throws RangeError if the memory is too small for the machine
   */
  constructor(config: MachineConfig, workload: Workload | null = null, rounds = 1) {
    this.config = config;
    const { layout } = this;
    this.kernel = new Kernel(layout, kernelConfig(config));
    const { physical } = this.kernel.mm;
    const faultLine = layout.place(FaultLine, "fault_line");
    const gpuConfig = {
      ...DEFAULT_GPU_CONFIG,
      tlbLatencyUs: config.tlbLatencyUs,
      preemptLatencyUs: config.preemptLatencyUs,
      contexts: config.contexts,
      tlbDomains: config.tlbDomains ?? 1,
      ...config.firmware,
    };
    this.gpus = Array.from(
      { length: config.gpus },
      (_, index) =>
        new Gpu(
          layout,
          physical,
          index,
          Math.min(config.cpus + index, MAX_WRITERS - 1),
          profileOf(config, gpuConfig, index),
          faultLine,
        ),
    );
    this.driver = createDriver(config.driver, { finish: config.finish }, this.kernel, this.gpus, layout);
    this.board = placeBoard(layout);
    this.scenario =
      workload === null
        ? createScenario(config.scenario, layout, this.kernel, { notifiers: config.notifiers ?? USUAL_NOTIFIERS })
        : new WorkloadScenario(layout, workload, config.cpus, rounds);
    const processes = this.scenario.hasProcessPerCpu === true ? config.cpus : 1;
    this.stage = {
      kernel: this.kernel,
      driver: this.driver,
      gpus: this.gpus,
      cpus: config.cpus,
      processes,
      faultLine,
      board: this.board,
    };
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

  /** Name of task `id` as reports print it. */
  taskName(id: number): string {
    const { cpus } = this.config;
    if (id <= cpus) return `cpu${id - 1}`;
    const perGpu = gpuTasks(this.config);
    return gpuTaskName(Math.floor((id - 1 - cpus) / perGpu), (id - 1 - cpus) % perGpu);
  }

  /** Names of all tasks: CPUs first, then each GPU's engine, interrupt and contexts. */
  taskNames(): string[] {
    return Array.from({ length: this.config.cpus + this.config.gpus * gpuTasks(this.config) }, (_, index) =>
      this.taskName(index + 1),
    );
  }

  /** May task `taskId` sleep on the word `addr` for ever? A CPU without faults, an interrupt line, a context without work may. */
  isIdleWait(taskId: number, addr: number, words: Int32Array): boolean {
    if (addr === this.stage.faultLine + FaultLine.count || addr === this.board + Board.phase) return true;
    const { cpus } = this.config;
    if (taskId <= cpus) return false;
    const perGpu = gpuTasks(this.config);
    const gpu = this.gpus[Math.floor((taskId - 1 - cpus) / perGpu)];
    const part = (taskId - 1 - cpus) % perGpu;
    return part < FIXED_GPU_TASKS || !hasFault(words, gpu, part - FIXED_GPU_TASKS);
  }

  workloadFigures(words: Int32Array): WorkloadFigures {
    const { scenario } = this;
    if (!(scenario instanceof WorkloadScenario)) return { workloadRounds: 0, workloadMismatches: 0 };
    return { workloadRounds: scenario.rounds(words), workloadMismatches: scenario.mismatches(words) };
  }

  /** Task number `part` of a GPU: 0 its engine, 1 its interrupt, from 2 its contexts. */
  gpuTask(gpu: number, part: number, hardware: Hardware): Current {
    const id = 1 + this.config.cpus + gpu * gpuTasks(this.config) + part;
    return new Current(this.kernel, { ...hardware, id, name: gpuTaskName(gpu, part) });
  }
}

/** What a replay came to; zeros if there was none. */
export interface WorkloadFigures {
  readonly workloadRounds: number;
  readonly workloadMismatches: number;
}

/** What an executor lends to its tasks. */
export interface Hardware {
  readonly words: Int32Array;
  readonly tracer: Tracer;
  readonly interleaved: boolean;
  readonly nowUs: () => number;
}

function profileOf({ profiles = [] }: MachineConfig, usual: GpuConfig, gpu: number): GpuConfig {
  return profiles.length === 0 ? usual : { ...usual, ...profiles[gpu % profiles.length] };
}

function gpuTaskName(gpu: number, part: number): string {
  return `gpu${gpu}.${part === 0 ? "engine" : part === 1 ? "irq" : `ctx${part - FIXED_GPU_TASKS}`}`;
}

export function gpuTasks(config: MachineConfig): number {
  return FIXED_GPU_TASKS + config.contexts;
}

function kernelConfig(config: MachineConfig): KernelConfig {
  const writers = Math.min(config.cpus + config.gpus, MAX_WRITERS);
  return {
    frames: config.frames,
    writers,
    tasks: 1 + config.cpus + config.gpus * gpuTasks(config),
    passes: passesFor(config.driver),
    ...(config.slabs ?? USUAL_SLABS),
  };
}
