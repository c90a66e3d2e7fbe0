import { randomWalk } from "../../src/executor/explorer/engine/random_walk.ts";
import type { Engine, Thread } from "../../src/executor/explorer/engine/engine.ts";
import { interruptLoop } from "../../src/device/completion_ring.ts";
import { DEFAULT_GPU_CONFIG } from "../../src/device/config.ts";
import { contextLoop, type Access } from "../../src/device/context.ts";
import { engineLoop } from "../../src/device/engine.ts";
import { answerFault, takeFault } from "../../src/device/fault_buffer.ts";
import { FaultLine, Gpu, GpuVm, type GpuConfig } from "../../src/device/gpu.ts";
import type { Driver } from "../../src/driver/driver.ts";
import type { DriverOptions } from "../../src/driver/options.ts";
import { createDriver, passesFor } from "../../src/driver/catalogue.ts";
import { Current } from "../../src/kernel/current.ts";
import { Kernel } from "../../src/kernel/kernel.ts";
import { balanceOf } from "../../src/kernel/view.ts";
import { readOnce } from "../../src/machine/access.ts";
import { futexWait, sleepUntil } from "../../src/machine/futex.ts";
import { Layout } from "../../src/machine/layout.ts";
import type { Run } from "../../src/machine/step.ts";
import type { Ptr } from "../../src/machine/struct.ts";
import { Tracer } from "../../src/machine/tracepoint.ts";

const CPUS = 4;
/** Engine, interrupt, contexts. */
const FIXED_GPU_TASKS = 2;

/** A whole small machine for tests of drivers: kernel, GPUs, one driver, all in the explorer's hands. */
export class TestMachine {
  readonly layout = new Layout();
  readonly kernel: Kernel;
  readonly gpus: readonly Gpu[];
  readonly driver: Driver;
  readonly words: Int32Array;
  readonly tracer = new Tracer();
  readonly contexts: number;
  /** The hardware's view of an address space that no driver knows of. */
  readonly spareVm: Ptr<"gpu_vm">;

  constructor(options: {
    readonly driver: string;
    readonly gpus?: number;
    readonly frames?: number;
    readonly gpuConfig?: Partial<GpuConfig>;
    readonly driverOptions?: DriverOptions;
  }) {
    const gpus = options.gpus ?? 1;
    const config = { ...DEFAULT_GPU_CONFIG, contexts: 1, ...options.gpuConfig };
    this.contexts = config.contexts;
    const { layout } = this;
    this.kernel = new Kernel(layout, {
      frames: options.frames ?? 256,
      writers: CPUS + gpus,
      tasks: 1 + CPUS + gpus * (FIXED_GPU_TASKS + config.contexts),
      mms: 4,
      vmas: 64,
      swapSlots: 64,
      passes: passesFor(options.driver),
    });
    const faultLine = layout.place(FaultLine, "fault_line");
    const { physical } = this.kernel.mm;
    this.gpus = Array.from({ length: gpus }, (_, index) => new Gpu(layout, physical, index, CPUS + index, config, faultLine));
    this.driver = createDriver(
      options.driver,
      options.driverOptions ?? { finish: { kind: "pool", size: 8 } },
      this.kernel,
      this.gpus,
      layout,
    );
    this.spareVm = layout.place(GpuVm, "spare_vm");
    this.words = new Int32Array(new SharedArrayBuffer(layout.words * 4));
    this.kernel.powerOn(this.words);
    this.driver.powerOn(this.words);
  }

  /** A task; `id` 1 to CPUS for CPUs. */
  current(engine: Engine, id: number, name: string): Current {
    return new Current(this.kernel, {
      id,
      name,
      words: this.words,
      tracer: this.tracer,
      interleaved: true,
      nowUs: () => engine.nowUs,
    });
  }

  /** Spawn the GPUs' engines and interrupts, and their contexts if there is a `program` for them. */
  spawnGpus(engine: Engine, program?: (gpu: number, context: number) => Access | null): Thread[] {
    return this.gpus.flatMap((gpu) => {
      const id = 1 + CPUS + gpu.index * (FIXED_GPU_TASKS + this.contexts);
      const command = this.current(engine, id, `${gpu.name}.engine`);
      const irq = this.current(engine, id + 1, `${gpu.name}.irq`);
      const threads = [
        engine.spawn(command, engineLoop(command, gpu)),
        engine.spawn(
          irq,
          interruptLoop(irq, gpu, (seqno, op) => this.driver.interrupt(irq, gpu, seqno, op)),
        ),
      ];
      for (let index = 0; program !== undefined && index < this.contexts; index++) {
        const task = this.current(engine, id + FIXED_GPU_TASKS + index, `${gpu.name}.ctx${index}`);
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

  /** Serve the GPUs' faults and the driver's deferred work, for ever. */
  *faultService(current: Current): Run<void> {
    const { faultLine } = this.gpus[0];
    for (;;) {
      const count = yield* readOnce(current, faultLine, FaultLine.count);
      const worked = yield* this.driver.work(current);
      const served = yield* this.serveFaults(current);
      if (!worked && !served) yield* futexWait(current, faultLine, FaultLine.count, count, current.nowUs() + 1000);
    }
  }

  *serveFaults(current: Current): Run<boolean> {
    let any = false;
    for (const gpu of this.gpus) {
      for (;;) {
        const fault = yield* takeFault(current, gpu);
        if (fault === null) break;
        const result = yield* this.driver.handleFault(current, { gpu, vm: fault.vm, va: fault.va, kind: fault.kind });
        yield* answerFault(current, gpu, fault.slot, result);
        any = true;
      }
    }
    return any;
  }

  balance() {
    return balanceOf(this.words, this.kernel);
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
      const current = machine.current(engine, 1, "cpu0");
      engine.spawn(current, body(current));
      return daemons;
    },
  });
}
