import { Piscina } from "piscina";

/**
 * Threads that hunt. One pool of one thread each, because they are not interchangeable: a worker keeps what it has made of a
 * hunt, and executions that follow from one another stay with the one that ran the first.
 */
export class Workers {
  readonly #pools: readonly Piscina[];

  /** @param file a bundle that exports the functions to be run */
  constructor(file: string, jobs: number) {
    this.#pools = Array.from(
      { length: jobs },
      () => new Piscina({ filename: file, minThreads: 1, maxThreads: 1, execArgv: ["--enable-source-maps"] }),
    );
  }

  get jobs(): number {
    return this.#pools.length;
  }

  /** Let a worker run an exported function. Rejects with what that throws. */
  run<T>(worker: number, name: string, task: unknown): Promise<T> {
    return this.#pools[worker].run(task, { name }) as Promise<T>;
  }

  async close(): Promise<void> {
    await Promise.all(this.#pools.map((pool) => pool.destroy()));
  }
}
