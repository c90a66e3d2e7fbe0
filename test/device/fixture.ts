import { Gpu, FaultLine } from "../../src/device/gpu.ts";
import { DEFAULT_GPU_CONFIG, type GpuConfig } from "../../src/device/config.ts";
import { GpuVm } from "../../src/device/gpu.ts";
import { Layout } from "../../src/machine/layout.ts";
import { PhysicalMemory } from "../../src/machine/physical.ts";
import { mkPte, PTE_PRESENT, PTE_WRITE, tableIndex } from "../../src/machine/pte.ts";
import { type Ptr } from "../../src/machine/struct.ts";
import { Task } from "../../src/machine/task.ts";
import { Tracer } from "../../src/machine/tracepoint.ts";
import type { Engine } from "../../src/executor/explorer/engine.ts";

export const ASID = 5;
export const VA = 0x7f00_0000_0000;
export const READ_WRITE = PTE_PRESENT | PTE_WRITE;
const ROOT = 1;
const FRAMES = 64;
/** Frames from here on are for data. */
export const DATA = 16;

/** One or more GPUs, an address space with all upper tables in place around {@link VA}, and tasks to run on them. */
export class Machine {
  readonly layout = new Layout();
  readonly physical: PhysicalMemory;
  readonly gpus: readonly Gpu[];
  readonly vm: Ptr<"gpu_vm">;
  readonly faultLine: Ptr<"fault_line">;
  readonly words: Int32Array;
  readonly tracer = new Tracer();
  #tasks = 0;

  constructor(config: Partial<GpuConfig> = {}, gpus = 1) {
    const { layout } = this;
    this.physical = new PhysicalMemory(layout, FRAMES, 4);
    this.faultLine = layout.place(FaultLine, "fault_line");
    this.gpus = Array.from({ length: gpus }, (_, i) => new Gpu(
      layout, this.physical, i, 1 + i, { ...DEFAULT_GPU_CONFIG, tlbLatencyUs: 0, preemptLatencyUs: 0, contexts: 1, ...config }, this.faultLine,
    ));
    this.vm = layout.place(GpuVm, "vm");
    this.words = new Int32Array(new SharedArrayBuffer(layout.words * 4));
    this.words[this.vm + GpuVm.root] = ROOT;
    this.words[this.vm + GpuVm.asid] = ASID;
    for (let level = 3; level > 0; level--) {
      this.words[this.physical.entry(ROOT + 3 - level, tableIndex(VA, level))] = mkPte(ROOT + 4 - level, PTE_PRESENT);
    }
  }

  get gpu(): Gpu {
    return this.gpus[0];
  }

  /** A task of this machine, with the virtual clock of `engine`. */
  task(name: string, engine?: Engine): Task {
    const { words, tracer } = this;
    return new Task({ id: ++this.#tasks, name, words, tracer, interleaved: true, nowUs: () => engine?.nowUs ?? 0 });
  }

  /** Page-table word of page number `page` after {@link VA}. */
  pteAddr(page: number): Ptr<"word"> {
    return this.physical.entry(ROOT + 3, tableIndex(VA, 0) + page);
  }

  map(page: number, pfn: number, flags = READ_WRITE): void {
    this.words[this.pteAddr(page)] = mkPte(pfn, flags);
  }
}

/** First byte of page number `page` after {@link VA}. */
export function pageVa(page: number): number {
  return VA + page * 4096;
}
