import type { Oracles } from "../check/all.ts";
import { clockSince } from "../executor/threads/clock.ts";
import { HostThread } from "../executor/threads/host_thread.ts";
import { ThreadsState } from "../executor/threads/state.ts";
import { endDisturbance } from "../scenario/board.ts";
import type { WorkloadReplay } from "../scenario/workload.ts";
import type { MachineConfig } from "./config.ts";
import { bootMachine, type Machine } from "./machine.ts";
import { countProgress, type Progress } from "./progress.ts";
import type { Hardware, World } from "./world.ts";
import { ToolError } from "../machine/tool_error.ts";

/** What is run on threads. */
export interface ProcessorOptions {
  readonly config: MachineConfig;
  /** Replayed instead of the scenario; null: the scenario. */
  readonly replay: WorkloadReplay | null;
  /** After so many the disturbance ends by itself; Infinity for never. */
  readonly invalidations: number;
  /** Number of the thread: CPUs first (main is 0), then GPUs. */
  readonly thread: number;
}

/** What main hands to each worker. */
export interface Orders extends ProcessorOptions {
  readonly memory: SharedArrayBuffer;
  /** `process.hrtime.bigint()` at boot: the zero of all clocks. */
  readonly bootNs: bigint;
}

/** One thread's view of the machine: the same addresses as everybody's, its own clock, tracer and oracles. */
export class Processor {
  readonly machine: Machine;
  readonly threads: ThreadsState;
  readonly oracles: Oracles;
  readonly progress: (words: Int32Array) => Progress;

  constructor({ config, replay, invalidations, thread }: ProcessorOptions) {
    this.machine = bootMachine(config, replay);
    const { layout, tracer } = this.machine;
    const { gpus, tasks, board } = this.world;
    this.threads = new ThreadsState(
      layout,
      tasks.ids,
      gpus.map(({ base, end, doorbell }) => ({ base, end, doorbell })),
    );
    this.progress = countProgress(layout, tracer, invalidations, (words) => endDisturbance(words, board));
    this.oracles = this.machine.watch({ thread });
  }

  get world(): World {
    return this.machine.world;
  }

  /** Size of the shared memory, in 32-bit words. */
  get memoryWords(): number {
    return this.machine.layout.words;
  }

  /**
   * Go to work on this memory, as the thread of GPU `gpu` or, with -1, of a CPU.
   *
   * @throws ToolError if it is laid out otherwise: the sources changed between the start of main and that of this worker
   */
  host(memory: SharedArrayBuffer, bootNs: bigint, gpu: number): { hardware: Hardware; host: HostThread } {
    if (memory.byteLength !== this.memoryWords * 4) {
      throw new ToolError(
        `this thread's machine has ${this.memoryWords * 4} bytes, main's ${memory.byteLength}: were the sources ` +
          "changed during the start?",
      );
    }
    const words = new Int32Array(memory);
    const nowUs = clockSince(bootNs);
    return {
      hardware: { words, tracer: this.machine.tracer, interleaved: false, nowUs },
      host: new HostThread(words, this.threads, nowUs, gpu),
    };
  }
}
