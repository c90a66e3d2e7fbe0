import { Engine } from "../../../src/executor/explorer/engine/engine.ts";
import { Current } from "../../../src/kernel/current.ts";
import { Kernel, type KernelConfig } from "../../../src/kernel/kernel.ts";
import { balanceOf } from "../../../src/kernel/view.ts";
import { Layout } from "../../../src/machine/layout.ts";
import type { Run } from "../../../src/machine/step.ts";
import { Tracer } from "../../../src/machine/tracer.ts";

/** Nothing is in use: the balance at the end of every test. */
export const NOTHING_IN_USE = { frames: 0, mms: 0, vmas: 0, mappings: 0, swapSlots: 0 };

const DEFAULTS: KernelConfig = { frames: 400, writers: 4, tasks: 8, cpus: 8, mms: 6, vmas: 60, swapSlots: 60 };

/** A machine that has just been switched on, with nothing but CPUs. */
export class Machine {
  readonly layout = new Layout();
  readonly kernel: Kernel;
  readonly words: Int32Array;
  readonly tracer = new Tracer();

  /** `extend` may place more in memory before the machine is switched on. */
  constructor(config: Partial<KernelConfig> = {}, extend: (machine: Machine) => void = () => {}) {
    this.kernel = new Kernel(this.layout, { ...DEFAULTS, ...config });
    extend(this);
    this.words = new Int32Array(new SharedArrayBuffer(this.layout.words * 4));
    this.kernel.powerOn(this.words);
  }

  /** CPU `index` (0, 1, …), for this engine or for {@link run}. */
  cpu(index: number, engine?: Engine): Current {
    return new Current(this.kernel, {
      id: index + 1,
      name: `cpu${index}`,
      words: this.words,
      tracer: this.tracer,
      interleaved: engine !== undefined,
      nowUs: () => engine?.nowUs ?? 0,
    });
  }

  /** Run `body` from beginning to end, alone. */
  run<T>(body: (cpu: Current) => Run<T>): T {
    const engine = new Engine(this.words);
    const thread = engine.spawn(this.cpu(0), body(this.cpu(0)));
    engine.runAlone(thread);
    if (thread.state !== "done") throw new Error(`cpu0 waits at ${this.layout.nameOf(thread.addr)}`);
    return thread.result as T;
  }

  balance() {
    return balanceOf(this.words, this.kernel);
  }
}
