import { fileURLToPath } from "node:url";
import { requestsUnderWay } from "../device/view.ts";
import { abort, ABORT_HUNG, ABORT_INTERRUPTED, ABORT_WORKER_DIED, AbortError, abortReason } from "../executor/threads/abort.ts";
import { bundleWorker } from "../bundle/bundle.ts";
import { restless, type HangReport } from "../executor/threads/hang_report.ts";
import type { HostThread } from "../executor/threads/host_thread.ts";
import { lockOwner } from "../executor/lock_owner.ts";
import { MainRunner } from "../executor/threads/main_runner.ts";
import { spawnWorker, WorkerDied, type SpawnedWorker } from "../executor/threads/spawn.ts";
import { Watchdog } from "../executor/threads/watchdog.ts";
import { rwsemReaders } from "../kernel/locking/rwsem.ts";
import type { Ptr } from "../machine/struct.ts";
import { Board, endDisturbance } from "../scenario/board.ts";
import type { ReplayFigures } from "../scenario/stage.ts";
import type { WorkloadReplay } from "../scenario/workload.ts";
import type { MachineConfig } from "./config.ts";
import { userModulesPrelude } from "../bundle/user_module.ts";
import { findingsOf, type Findings } from "./findings.ts";
import { Processor, type Orders } from "./processor.ts";
import { cpuTaskBody } from "./task_bodies.ts";
import type { WorkerApi } from "./worker_api.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const LOCK_TYPES = ["spinlock", "mutex", "rwsem"];

/** How a run is limited and watched. */
export interface RunOptions {
  /** Replayed instead of the scenario; null: the scenario. */
  readonly replay: WorkloadReplay | null;
  /** End of the disturbance, in seconds after its beginning; Infinity for none. */
  readonly seconds: number;
  /** End of the disturbance, in invalidations; Infinity for none. */
  readonly invalidations: number;
  readonly hungTaskSeconds: number;
  /** Called several times a second while the machine runs. */
  readonly onProgress: (progress: RunProgress) => void;
}

export interface RunProgress {
  readonly elapsedMs: number;
  readonly invalidations: number;
  readonly faults: number;
  readonly faultRetries: number;
  readonly violations: number;
}

/** What came of a run on real threads. */
export interface RunOutcome {
  /** Of every thread that lived to tell. */
  readonly findings: readonly Findings[];
  /** What the oracles did not see: Oracles.missed. */
  readonly missed: Readonly<Record<string, number>>;
  readonly elapsedMs: number;
  /** From the start of the process to the first invalidation; null if there was none. */
  readonly bootMs: number | null;
  readonly hang: HangReport | null;
  /** What each GPU had not answered when the machine hung; none that had answered all. */
  readonly unanswered: readonly UnansweredRequests[];
  readonly died: WorkerDied | null;
  readonly interrupted: boolean;
  readonly peakRssBytes: number;
  /** What a replay came to; null if there was none. */
  readonly replayed: ReplayFigures | null;
}

export interface UnansweredRequests {
  /** Name of the GPU. */
  readonly gpu: string;
  readonly requests: number;
}

const TICK_MS = 100;
/** How long a thread may take to report when the machine was stopped. */
const PATIENCE_MS = 1000;

/** A machine on real threads: main is CPU 0, every other CPU and every GPU is a worker. For one run. */
export class ThreadsRun {
  readonly #processor: Processor;
  readonly #options: RunOptions;
  readonly #orders: Omit<Orders, "thread">;
  /** When the machine booted, in milliseconds since the start of the process. */
  readonly #bootAtMs: number;
  readonly #words: Int32Array;
  readonly #workers: SpawnedWorker<WorkerApi>[] = [];
  #died: WorkerDied | null = null;
  #hang: HangReport | null = null;
  #unanswered: readonly UnansweredRequests[] = [];
  #interrupted = false;
  #peakRssBytes = 0;

  /** @throws RangeError if the memory is too small for the machine */
  constructor(config: MachineConfig, options: RunOptions) {
    this.#options = options;
    const { replay, invalidations } = options;
    this.#processor = new Processor({ config, replay, invalidations, thread: 0 });
    const memory = new SharedArrayBuffer(this.#processor.memoryWords * 4);
    this.#words = new Int32Array(memory);
    this.#bootAtMs = performance.now();
    this.#orders = { config, replay, invalidations, memory, bootNs: process.hrtime.bigint() };
  }

  /** Stop disturbing, drain, and report: Ctrl-C. A second call does not wait for what is in flight. */
  interrupt(): void {
    if (this.#interrupted) this.#abort(ABORT_INTERRUPTED);
    this.#interrupted = true;
    endDisturbance(this.#words, this.#processor.world.board);
    setTimeout(() => this.#abort(ABORT_INTERRUPTED), 1000).unref();
  }

  async run(): Promise<RunOutcome> {
    const { world } = this.#processor;
    world.powerOn(this.#words);
    await this.#spawnWorkers();
    const { hardware, host } = this.#processor.host(this.#orders.memory, this.#orders.bootNs, -1);
    const { task, body } = cpuTaskBody(world, 0, hardware);
    const watchdog = this.#watchdog(host);
    const others = this.#workers.map((worker) => worker.live((api) => api.run()).catch((error: unknown) => this.#lost(error)));
    const startMs = performance.now();
    const ticker = setInterval(() => this.#tick(performance.now() - startMs), TICK_MS);
    watchdog.start();
    try {
      await new MainRunner(host, task, world.config.seed).run(body);
    } catch (error) {
      if (!(error instanceof AbortError)) this.#lose(new WorkerDied("cpu0", -1, error as Error));
    } finally {
      clearInterval(ticker);
    }
    const elapsedMs = performance.now() - startMs;
    const findings = (await this.#collect(others, watchdog)).filter((found) => found !== null);
    watchdog.stop();
    if (abortReason(this.#words, this.#processor.threads) === 0) {
      this.#processor.machine.drawBalance(this.#processor.oracles, task);
    }
    await Promise.all(this.#workers.map((worker) => worker.stop()));
    this.#tick(elapsedMs);
    return this.#outcome(findings, elapsedMs);
  }

  #outcome(findings: readonly Findings[], elapsedMs: number): RunOutcome {
    return {
      findings: [findingsOf(this.#processor.oracles), ...findings],
      missed: this.#processor.oracles.missed(this.#words),
      elapsedMs,
      bootMs: this.#bootMs(),
      hang: this.#hang,
      unanswered: this.#unanswered,
      died: this.#died,
      interrupted: this.#interrupted,
      peakRssBytes: this.#peakRssBytes,
      replayed: this.#processor.world.scenario.figures?.(this.#words) ?? null,
    };
  }

  #watchdog(thread: HostThread): Watchdog {
    const { world } = this.#processor;
    return new Watchdog({
      thread,
      hungTaskSeconds: this.#options.hungTaskSeconds,
      nameOf: (addr) => world.layout.nameOf(addr),
      taskName: (id) => world.tasks.nameOf(id),
      ownerOf: lockOwner(world.layout, this.#words, LOCK_TYPES),
      readersOf: (addr) => this.#readersOf(addr),
      isIdle: (taskId, addr) => world.isIdleWait(taskId, addr, this.#words),
      progress: () => this.#steps(),
      onHang: (report) => {
        this.#hang = report;
        this.#unanswered = world.gpus
          .map((gpu) => ({ gpu: gpu.name, requests: requestsUnderWay(this.#words, gpu) }))
          .filter(({ requests }) => requests > 0);
        this.#abort(ABORT_HUNG);
      },
    });
  }

  /** Changes as long as the machine gets on: faults that are served again and again do not count. */
  #steps(): number {
    const { board } = this.#processor.world;
    const { invalidations, flushes } = this.#processor.progress(this.#words);
    const words = this.#words;
    return invalidations + flushes + Atomics.load(words, board + Board.operations) + Atomics.load(words, board + Board.phase);
  }

  #readersOf(addr: number): number {
    const sem = this.#processor.world.layout.structsAt(addr).findLast(({ type }) => type.structName === "rwsem");
    return sem === undefined ? 0 : rwsemReaders(this.#words, sem.base as Ptr<"rwsem">);
  }

  async #spawnWorkers(): Promise<void> {
    const { cpus, gpus, driver, scenario } = this.#orders.config;
    const prelude = userModulesPrelude(ROOT, [driver, scenario]);
    const [cpuBundle, gpuBundle] = await Promise.all(
      ["cpu", "gpu"].map((kind) => bundleWorker({ root: ROOT, entry: `${ROOT}workers/${kind}.ts`, prelude })),
    );
    for (let thread = 1; thread < cpus + gpus; thread++) {
      const isCpu = thread < cpus;
      this.#workers.push(
        spawnWorker<WorkerApi>({
          name: isCpu ? `cpu${thread}` : `gpu${thread - cpus}`,
          bundle: isCpu ? cpuBundle : gpuBundle,
          workerData: { ...this.#orders, thread },
          onDeath: (error) => this.#lose(error),
        }),
      );
    }
  }

  /**
   * What the workers have to say. They have all come to their ends, or are about to; one that runs wild never would, and makes
   * the run hang, unless it was to be stopped before its end.
   */
  async #collect(others: readonly Promise<Findings | null>[], { time }: Watchdog): Promise<(Findings | null)[]> {
    const isStopped = abortReason(this.#words, this.#processor.threads) !== 0;
    const patienceMs = isStopped ? PATIENCE_MS : this.#options.hungTaskSeconds * 1000;
    const late = time.after(patienceMs);
    const found = await Promise.all(others.map((other) => Promise.race([other, late])));
    const wild = this.#workers.filter((_, i) => found[i] === "late").map(({ name }) => restless(name, patienceMs));
    if (wild.length > 0 && !isStopped) this.#hang ??= { tasks: wild, cycles: [] };
    return found.map((what) => (what === "late" ? null : what));
  }

  /** The machine cannot go on, but what was found until then is reported. */
  #lose(died: WorkerDied): void {
    this.#died ??= died;
    this.#abort(ABORT_WORKER_DIED);
  }

  #lost(error: unknown): null {
    if (!(error instanceof WorkerDied)) throw error;
    return null;
  }

  #tick(elapsedMs: number): void {
    const { seconds, onProgress } = this.#options;
    const progress = this.#processor.progress(this.#words);
    this.#peakRssBytes = Math.max(this.#peakRssBytes, process.memoryUsage.rss());
    if (elapsedMs >= seconds * 1000) endDisturbance(this.#words, this.#processor.world.board);
    onProgress({ elapsedMs, ...progress, violations: this.#processor.oracles.totalViolations(this.#words) });
  }

  #bootMs(): number | null {
    const { invalidations, firstInvalidationUs } = this.#processor.progress(this.#words);
    return invalidations === 0 ? null : this.#bootAtMs + firstInvalidationUs / 1000;
  }

  #abort(reason: number): void {
    abort(this.#words, this.#processor.threads, reason);
  }
}
