import { balances } from "../../src/boot/balances.ts";
import { checkWorld } from "../../src/boot/check_world.ts";
import { DEFAULT_CONFIG } from "../../src/boot/config.ts";
import { World } from "../../src/boot/world.ts";
import { attachOracles, type Oracles } from "../../src/check/all.ts";
import { randomWalk } from "../../src/executor/explorer/engine/random_walk.ts";
import type { Engine, Thread } from "../../src/executor/explorer/engine/engine.ts";
import { interruptLoop } from "../../src/device/completion_ring.ts";
import { contextLoop, type Access } from "../../src/device/context.ts";
import { engineLoop } from "../../src/device/engine.ts";
import { FaultLine, GpuVm, type Gpu, type GpuConfig } from "../../src/device/gpu.ts";
import type { Driver } from "../../src/driver/driver.ts";
import type { DriverOptions } from "../../src/driver/options.ts";
import type { Current } from "../../src/kernel/current.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { balanceOf } from "../../src/kernel/view.ts";
import { readOnce } from "../../src/machine/access.ts";
import { futexWait, sleepUntil } from "../../src/machine/futex.ts";
import type { Layout } from "../../src/machine/layout.ts";
import type { Run } from "../../src/machine/step.ts";
import type { Ptr } from "../../src/machine/struct.ts";
import { Tracer } from "../../src/machine/tracer.ts";
import { serveFaults } from "../../src/scenario/fault_service.ts";

const CPUS = 4;
/** Rows of the oracles' tables. */
const TABLE_ROWS = 64;

/** A whole small machine for tests of drivers, with its oracles, all in the explorer's hands. */
export class TestMachine {
  readonly layout: Layout;
  readonly kernel: Kernel;
  readonly gpus: readonly Gpu[];
  readonly driver: Driver;
  readonly words: Int32Array;
  readonly tracer = new Tracer();
  readonly contexts: number;
  /** The hardware's view of an address space that no driver knows of. */
  readonly spareVm: Ptr<"gpu_vm">;
  readonly #world: World;
  readonly #oracles: Oracles;

  constructor(options: {
    readonly driver: string;
    readonly gpus?: number;
    readonly frames?: number;
    readonly gpuConfig?: Partial<GpuConfig>;
    readonly driverOptions?: DriverOptions;
  }) {
    const { contexts = 1, ...profile } = options.gpuConfig ?? {};
    this.contexts = contexts;
    this.#world = new World({
      ...DEFAULT_CONFIG,
      driver: options.driver,
      ...options.driverOptions,
      gpus: options.gpus ?? 1,
      cpus: CPUS,
      contexts,
      frames: options.frames ?? 256,
      slabs: { mms: 4, vmas: 64, swapSlots: 64 },
      profiles: [profile],
    });
    const { layout, kernel, gpus, driver } = this.#world;
    this.layout = layout;
    this.kernel = kernel;
    this.gpus = gpus;
    this.driver = driver;
    this.spareVm = layout.place(GpuVm, "spare_vm");
    const world = { ...checkWorld(this.#world, 0), threads: 1, tableRows: TABLE_ROWS };
    this.#oracles = attachOracles(this.tracer, layout, world, { measures: false });
    this.words = new Int32Array(new SharedArrayBuffer(layout.words * 4));
    this.#world.powerOn(this.words);
  }

  /** CPU task `id`, 1 to CPUS. */
  current(engine: Engine, id: number): Current {
    return this.#world.task(this.#world.tasks.cpu(id - 1), this.#hardware(engine));
  }

  /** Spawn the GPUs' engines and interrupts, and their contexts if there is a `program` for them. */
  spawnGpus(engine: Engine, program?: (gpu: number, context: number) => Access | null): Thread[] {
    const hardware = this.#hardware(engine);
    const { tasks } = this.#world;
    return this.gpus.flatMap((gpu) => {
      const command = this.#world.task(tasks.engine(gpu.index), hardware);
      const irq = this.#world.task(tasks.irq(gpu.index), hardware);
      const threads = [
        engine.spawn(command, engineLoop(command, gpu)),
        engine.spawn(
          irq,
          interruptLoop(irq, gpu, (seqno, op) => this.driver.interrupt(irq, gpu, seqno, op)),
        ),
      ];
      for (let index = 0; program !== undefined && index < this.contexts; index++) {
        const task = this.#world.task(tasks.context(gpu.index, index), hardware);
        threads.push(
          engine.spawn(
            task,
            contextLoop(task, gpu, index, () => program(gpu.index, index)),
          ),
        );
      }
      return threads;
    });
  }

  /** Serve the GPUs' faults and the driver's deferred work, forever. */
  *faultService(current: Current): Run<void> {
    const { stage } = this.#world;
    for (;;) {
      const count = yield* readOnce(current, stage.faultLine, FaultLine.count);
      const worked = yield* this.driver.work(current);
      const served = yield* serveFaults(current, stage);
      if (!worked && !served) yield* futexWait(current, stage.faultLine, FaultLine.count, count, current.nowUs() + 1000);
    }
  }

  /** What the oracles have objected to. Nobody runs any more: with whatever is not given back. */
  violations(): string[] {
    const hardware = { words: this.words, tracer: this.tracer, interleaved: false, nowUs: () => 0 };
    const task = this.#world.task(this.#world.tasks.cpu(0), hardware);
    this.#oracles.atQuiescence(task, balances(this.#world, this.words));
    return this.#oracles.violations().map(({ rule, message }) => `${rule}: ${message}`);
  }

  balance() {
    return balanceOf(this.words, this.kernel);
  }

  #hardware(engine: Engine) {
    return { words: this.words, tracer: this.tracer, interleaved: true, nowUs: () => engine.nowUs };
  }
}

/** Sleep until `condition` holds; virtual time passes only when nobody else can run. */
export function* until(current: Current, condition: () => boolean): Run<void> {
  while (!condition()) yield* sleepUntil(current, current.nowUs() + 1000);
}

/** One CPU runs `body` alone with the GPUs' engines. */
export function runOnCpu(machine: TestMachine, body: (current: Current) => Run<void>, seed = 1): Engine {
  return randomWalk({
    words: machine.words,
    seed,
    spawn: (engine) => {
      const daemons = machine.spawnGpus(engine);
      const current = machine.current(engine, 1);
      engine.spawn(current, body(current));
      return daemons;
    },
  });
}
