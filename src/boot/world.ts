import { DEFAULT_GPU_CONFIG, type GpuConfig } from "../device/config.ts";
import { FaultLine, Gpu } from "../device/gpu.ts";
import { hasFault } from "../device/view.ts";
import { createDriver, passesFor } from "../driver/create_driver.ts";
import type { Driver } from "../driver/driver.ts";
import { Current } from "../kernel/current.ts";
import { Kernel, type KernelConfig } from "../kernel/kernel.ts";
import { Layout } from "../machine/layout.ts";
import type { Tracer } from "../machine/tracer.ts";
import type { Ptr } from "../machine/struct.ts";
import { Board, placeBoard } from "../scenario/board.ts";
import { createScenario } from "../scenario/catalogue.ts";
import type { Scenario, Stage } from "../scenario/stage.ts";
import { WorkloadScenario, type WorkloadReplay } from "../scenario/workload.ts";
import type { KernelSlabs, MachineConfig } from "./config.ts";
import { TaskTable, type TaskEntry } from "./task_table.ts";

const USUAL_SLABS: KernelSlabs = { mms: 128, vmas: 8192, swapSlots: 8192 };

const USUAL_NOTIFIERS = 100;

/** A page has no more words: in a larger machine the last GPUs share one, and what they write cannot be told apart. */
const MAX_WRITERS = 511;

/**
 * A whole machine put together: kernel, GPUs, driver and scenario, each with its place in shared memory. Building
 * one touches no memory, so every thread builds its own from the same configuration and finds the same addresses.
 */
export class World {
  readonly config: MachineConfig;
  readonly tasks: TaskTable;
  readonly layout = new Layout();
  readonly kernel: Kernel;
  readonly gpus: readonly Gpu[];
  readonly driver: Driver;
  readonly board: Ptr<"board">;
  readonly scenario: Scenario;
  readonly stage: Stage;

  /**
   * @param replay what is replayed instead of the configured scenario
   * @throws RangeError if the memory is too small for the machine
   */
  constructor(config: MachineConfig, replay: WorkloadReplay | null = null) {
    this.config = config;
    this.tasks = new TaskTable(config);
    const { layout } = this;
    this.kernel = new Kernel(layout, kernelConfig(config, this.tasks.ids));
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
      replay === null
        ? createScenario(config.scenario, layout, this.kernel, { notifiers: config.notifiers ?? USUAL_NOTIFIERS })
        : new WorkloadScenario(layout, replay, config.cpus);
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

  /** A task of {@link tasks}, on this hardware. */
  task({ id, name }: TaskEntry, hardware: Hardware): Current {
    return new Current(this.kernel, { ...hardware, id, name });
  }

  /** May task `taskId` sleep on the word `addr` forever? A CPU without faults, an interrupt line, a context without work may. */
  isIdleWait(taskId: number, addr: number, words: Int32Array): boolean {
    if (addr === this.stage.faultLine + FaultLine.count || addr === this.board + Board.phase) return true;
    const { part, processor, context } = this.tasks.byId(taskId);
    if (part === "context") return !hasFault(words, this.gpus[processor], context);
    return part !== "cpu";
  }
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

function kernelConfig(config: MachineConfig, tasks: number): KernelConfig {
  const writers = Math.min(config.cpus + config.gpus, MAX_WRITERS);
  return {
    frames: config.frames,
    writers,
    tasks,
    cpus: config.cpus,
    passes: passesFor(config.driver),
    ...(config.slabs ?? USUAL_SLABS),
  };
}
