import { Piscina } from "piscina";

/**
 * Threads that hunt. One pool of one thread each, because they are not interchangeable: a worker keeps what it has made of a
 * hunt, and executions that follow from one another stay with the one that ran the first.
 */
export class Workers {
  readonly #pools: readonly Piscina[];
  /** For what may have to be cut short: its thread ends with it. */
  readonly #aside: Piscina;

  /** @param file a bundle that exports the functions to be run */
  constructor(file: string, jobs: number) {
    const poolOf = (minThreads: number) =>
      new Piscina({ filename: file, minThreads, maxThreads: 1, execArgv: ["--enable-source-maps"] });
    this.#pools = Array.from({ length: jobs }, () => poolOf(1));
    this.#aside = poolOf(0);
  }

  get jobs(): number {
    return this.#pools.length;
  }

  /** Let a worker run an exported function. Rejects with what that throws. */
  run<T>(worker: number, name: string, task: unknown): Promise<T> {
    return this.#pools[worker].run(task, { name }) as Promise<T>;
  }

  /** Let a thread beside the workers run an exported function, which knows nothing of their hunts. Rejects also if aborted. */
  runAside<T>(name: string, task: unknown, signal: AbortSignal): Promise<T> {
    return this.#aside.run(task, { name, signal }) as Promise<T>;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools, this.#aside].map((pool) => pool.destroy()));
  }
}
