import type { Remote } from "comlink";
import { Worker } from "node:worker_threads";
import { wrapWorker } from "./comlink_node.ts";
import { tightenTimers } from "./timer_slack.ts";

/** A worker ended by itself. The machine cannot go on: what it held stays held. */
export class WorkerDied extends Error {
  override readonly name = "WorkerDied";
  readonly worker: string;
  /** Its exit code, or -1 while that is unknown. */
  readonly exitCode: number;

  /** @param fault what it threw, if it threw; its stack then stands for this error's */
  constructor(worker: string, exitCode: number, fault?: Error) {
    super(`worker ${worker} died: ${fault === undefined ? `exit code ${exitCode}` : fault.message}`, { cause: fault });
    this.worker = worker;
    this.exitCode = exitCode;
    if (fault?.stack !== undefined) this.stack = `${this.name}: ${this.message}\n${fault.stack}`;
  }
}

export interface SpawnOptions {
  /** As printed: `gpu3`. */
  readonly name: string;
  /** Bundle of the worker's entry, see bundle.ts. */
  readonly bundle: string;
  /** Handed over at once; must be cloneable. A SharedArrayBuffer is shared. */
  readonly workerData?: unknown;
  /** Called once if the worker ends before {@link SpawnedWorker.stop}. */
  readonly onDeath?: (error: WorkerDied) => void;
}

/** Enough for one simulated processor; what all of them share is outside of their heaps. */
const LIMITS = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 512, stackSizeMb: 4 };

/** A worker thread and its control port. Keep it referenced: comlink closes the port of a proxy that was collected. */
export class SpawnedWorker<Api> {
  readonly name: string;
  readonly #worker: Worker;
  readonly #api: Remote<Api>;
  /** Rejects when the worker ends; never resolves. */
  readonly #ended: Promise<never>;
  #end: (reason: Error) => void = () => undefined;
  #hasEnded = false;
  readonly #onDeath: ((error: WorkerDied) => void) | undefined;

  constructor(options: SpawnOptions) {
    this.name = options.name;
    tightenTimers();
    this.#worker = new Worker(options.bundle, {
      name: options.name,
      workerData: options.workerData,
      execArgv: ["--enable-source-maps"],
      resourceLimits: LIMITS,
    });
    this.#api = wrapWorker<Api>(this.#worker);
    this.#ended = new Promise((_resolve, reject) => {
      this.#end = reject;
    });
    this.#ended.catch(() => undefined); // a death that no call is waiting for is told through onDeath
    this.#onDeath = options.onDeath;
    this.#worker.on("error", (fault: unknown) => this.#die(new WorkerDied(this.name, -1, errorOf(fault))));
    this.#worker.on("exit", (exitCode) => this.#die(new WorkerDied(this.name, exitCode)));
  }

  /** A call over the control port: `worker.call((api) => api.boot(config))`. Rejects with WorkerDied if the worker ends first. */
  call<R>(invoke: (api: Remote<Api>) => Promise<R>): Promise<R> {
    return Promise.race([invoke(this.#api), this.#ended]);
  }

  /**
   * A call that is the worker's whole life: an error that comes out of it is the worker's death, as if nobody had been there to
   * catch it. Only an AbortError comes back as it is: then the machine was stopped.
   */
  async live<R>(invoke: (api: Remote<Api>) => Promise<R>): Promise<R> {
    try {
      return await this.call(invoke);
    } catch (error) {
      const fault = errorOf(error);
      if (this.#hasEnded || fault.name === "AbortError") throw error;
      const died = new WorkerDied(this.name, -1, fault);
      this.#die(died);
      throw died;
    }
  }

  /** End the worker, whatever it is doing; calls under way are rejected. */
  async stop(): Promise<void> {
    if (!this.#hasEnded) {
      this.#hasEnded = true;
      this.#end(new Error(`worker ${this.name} was stopped`));
    }
    await this.#worker.terminate();
  }

  #die(error: WorkerDied): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#end(error);
    this.#onDeath?.(error);
  }
}

function errorOf(fault: unknown): Error {
  return fault instanceof Error ? fault : new Error(String(fault));
}

/** Start a worker. It is usable at once: calls wait in its port until it has started. */
export function spawnWorker<Api>(options: SpawnOptions): SpawnedWorker<Api> {
  return new SpawnedWorker<Api>(options);
}
