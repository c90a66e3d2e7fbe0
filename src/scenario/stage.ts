import type { Gpu } from "../device/gpu.ts";
import type { Driver } from "../driver/driver.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { Current } from "../kernel/current.ts";
import type { Run } from "../machine/step.ts";
import type { Ptr } from "../machine/struct.ts";
import type { Dice } from "./dice.ts";

/** The machine that a scenario plays on. Every thread has its own over the same memory. */
export interface Stage {
  readonly kernel: Kernel;
  readonly driver: Driver;
  readonly gpus: readonly Gpu[];
  readonly cpus: number;
  /** CPU i is in process i mod processes, and GPU i works for it. */
  readonly processes: number;
  /** CPUs that have nothing else to do sleep on it. */
  readonly faultLine: Ptr<"fault_line">;
  readonly board: Ptr<"board">;
}

/** One CPU's part of a play. */
export interface Actor {
  readonly current: Current;
  readonly stage: Stage;
  /** Number of the CPU, from 0. */
  readonly cpu: number;
  readonly dice: Dice;
}

/** What happens to memory while GPUs use it. One file each; all are listed in catalogue.ts. */
export interface Scenario {
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  /** The GPUs are given the targets, but touch nothing by themselves. */
  readonly leavesGpusIdle?: boolean;
  /** Each CPU is in a process of its own; default: all are in one. */
  readonly hasProcessPerCpu?: boolean;
  /**
   * Fill a new process with memory and tell the GPUs what to touch: in all processes the same. On one CPU, before the GPUs see
   * the process.
   */
  populate(actor: Actor, mm: Ptr<"mm_struct">): Run<void>;
  /** One operation of one CPU: the disturbance. Called over and over on all CPUs at once. */
  operation(actor: Actor): Run<void>;
  /** Give back what operations left behind. On one CPU, when no operation runs, before the process ends. */
  clear?(actor: Actor): Run<void>;
  /** What it came to so far, if there is anything to say of that. */
  figures?(words: Int32Array): ReplayFigures;
}

/** What the replay of a recorded program came to. */
export interface ReplayFigures {
  /** Whole replays. */
  readonly rounds: number;
  /** Calls that did not end as recorded. */
  readonly mismatches: number;
}
