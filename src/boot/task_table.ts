import type { MachineConfig } from "./config.ts";

/** One task of a machine. */
export interface TaskEntry {
  /** From 1; 0 is nobody. */
  readonly id: number;
  /** As reports print it: `cpu1`, `gpu0.engine`, `gpu0.irq`, `gpu0.ctx1`. */
  readonly name: string;
  readonly part: "cpu" | "engine" | "irq" | "context";
  /** Number of the CPU or GPU that it belongs to. */
  readonly processor: number;
  /** Number of the execution context; 0 foreverything else. */
  readonly context: number;
}

/** Tasks of a GPU beside its contexts: command engine and interrupt. */
const FIXED_GPU_TASKS = 2;

/**
 * Who is who among a machine's tasks: CPUs first, then each GPU's engine, interrupt and contexts. The one place that numbers
 * them.
 */
export class TaskTable {
  /** In the order of their numbers, the first being task 1. */
  readonly all: readonly TaskEntry[];
  readonly #cpus: number;
  readonly #perGpu: number;

  constructor({ cpus, gpus, contexts }: Pick<MachineConfig, "cpus" | "gpus" | "contexts">) {
    const all: TaskEntry[] = [];
    const add = (name: string, part: TaskEntry["part"], processor: number, context = 0) =>
      void all.push({ id: all.length + 1, name, part, processor, context });
    for (let cpu = 0; cpu < cpus; cpu++) add(`cpu${cpu}`, "cpu", cpu);
    for (let gpu = 0; gpu < gpus; gpu++) {
      add(`gpu${gpu}.engine`, "engine", gpu);
      add(`gpu${gpu}.irq`, "irq", gpu);
      for (let context = 0; context < contexts; context++) add(`gpu${gpu}.ctx${context}`, "context", gpu, context);
    }
    this.all = all;
    this.#cpus = cpus;
    this.#perGpu = FIXED_GPU_TASKS + contexts;
  }

  get count(): number {
    return this.all.length;
  }

  /** Length of a table that is indexed by the numbers of tasks. */
  get ids(): number {
    return 1 + this.count;
  }

  get names(): string[] {
    return this.all.map(({ name }) => name);
  }

  cpu(cpu: number): TaskEntry {
    return this.all[cpu];
  }

  engine(gpu: number): TaskEntry {
    return this.all[this.#cpus + gpu * this.#perGpu];
  }

  irq(gpu: number): TaskEntry {
    return this.all[this.#cpus + gpu * this.#perGpu + 1];
  }

  context(gpu: number, context: number): TaskEntry {
    return this.all[this.#cpus + gpu * this.#perGpu + FIXED_GPU_TASKS + context];
  }

  /** The task of this number. */
  byId(id: number): TaskEntry {
    return this.all[id - 1];
  }

  /** Its name as reports print it, whatever the number: a record that is being written may hold any. */
  nameOf(id: number): string {
    return this.all[id - 1]?.name ?? `task${id}`;
  }
}
