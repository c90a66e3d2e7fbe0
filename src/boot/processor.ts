import { ThreadsState } from "../executor/threads/state.ts";
import { HostThread } from "../executor/threads/host_thread.ts";
import { clockSince } from "../executor/threads/clock.ts";
import { Tracer } from "../machine/tracepoint.ts";
import { attachOracles, type Oracles } from "../check/all.ts";
import { endDisturbance } from "../scenario/board.ts";
import type { Workload } from "../scenario/strace/workload.ts";
import { checkWorld } from "./check_world.ts";
import type { MachineConfig } from "./config.ts";
import { countProgress, type Progress } from "./progress.ts";
import { World, type Hardware } from "./world.ts";

/** What main hands to each worker. */
export interface Orders {
  readonly config: MachineConfig;
  readonly workload: Workload | null;
  readonly limits: Limits;
  readonly memory: SharedArrayBuffer;
  /** `process.hrtime.bigint()` at boot: the zero of all clocks. */
  readonly bootNs: bigint;
  /** Number of the thread: CPUs first (main is 0), then GPUs. */
  readonly thread: number;
}

/** When the disturbance ends by itself; Infinity for never. */
export interface Limits {
  /** Whole replays of the workload. */
  readonly rounds: number;
  readonly invalidations: number;
}

/** One thread's view of the machine: the same addresses as everybody's, its own clock, tracer and oracles. */
export class Processor {
  readonly world: World;
  readonly threads: ThreadsState;
  readonly tracer = new Tracer();
  readonly oracles: Oracles;
  readonly progress: (words: Int32Array) => Progress;
  /** Size of the shared memory, in 32-bit words. */
  readonly memoryWords: number;

  constructor(config: MachineConfig, workload: Workload | null, limits: Limits, thread: number) {
    this.world = new World(config, workload, limits.rounds);
    const { layout, gpus, tasks } = this.world;
    this.threads = new ThreadsState(
      layout,
      tasks.ids,
      gpus.map(({ base, end, doorbell }) => ({ base, end, doorbell })),
    );
    this.progress = countProgress(layout, this.tracer, limits.invalidations, (words) => endDisturbance(words, this.world.board));
    this.oracles = attachOracles(this.tracer, layout, checkWorld(this.world, thread));
    this.memoryWords = layout.words;
  }

  /**
   * Go to work on this memory, as the thread of GPU `gpu` or, with -1, of a CPU.
   *
   * @throws Error if it is laid out otherwise: the sources changed between the start of main and that of this worker
   */
  host(memory: SharedArrayBuffer, bootNs: bigint, gpu: number): { hardware: Hardware; host: HostThread } {
    if (memory.byteLength !== this.memoryWords * 4) {
      throw new Error(
        `this thread's machine has ${this.memoryWords * 4} bytes, main's ${memory.byteLength}: were the sources changed during the start?`,
      );
    }
    const words = new Int32Array(memory);
    const nowUs = clockSince(bootNs);
    return {
      hardware: { words, tracer: this.tracer, interleaved: false, nowUs },
      host: new HostThread(words, this.threads, nowUs, gpu),
    };
  }
}
