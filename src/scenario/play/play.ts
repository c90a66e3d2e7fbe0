import type { TlbDomains } from "../../device/config.ts";
import type { Gpu } from "../../device/gpu.ts";
import type { Driver } from "../../driver/driver.ts";
import type { FinishOption } from "../../driver/options.ts";
import type { Current } from "../../kernel/current.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import { PAGE_SIZE } from "../../machine/pte.ts";
import type { Run } from "../../machine/step.ts";
import type { Ptr } from "../../machine/struct.ts";
import type { RuleId } from "../../rules/catalogue.ts";
import type { PlayNotifiers } from "./notifiers.ts";

/**
 * A small play for the explorer: a process is set up, a few processors do a few things each, all at the same time, and when
 * nobody can go on any more, everything is taken down. What is concurrent is a fixed list for each processor, so that only the
 * schedule differs from one execution to the next.
 */
export interface Play {
  readonly name: string;
  /** One line for `--list`. */
  readonly summary: string;
  /** The rules of RULES a that it exercises: functions that cite them run in it. */
  readonly rules: readonly RuleId[];
  /** Page frames; default {@link DEFAULT_FRAMES}. */
  readonly frames?: number;
  /** Where finish objects of the two-pass design come from; default a pool of 4 for each GPU. */
  readonly finish?: FinishOption;
  /** Execution contexts of each GPU; default 1. */
  readonly contexts?: number;
  /** TLBs of each GPU; default 1. */
  readonly tlbDomains?: TlbDomains;
  /** Probability that the firmware is a second late with a TLB invalidation, flush and answer, in percent; default 0. */
  readonly lateAnswerPercent?: number;
  /** No CPU is left to do a driver's deferred work, so that a context that was stopped stays so; default: one may be. */
  readonly nobodyRebinds?: true;
  /** Each CPU is in a process of its own, and GPU i works in that of CPU i mod CPUs; default: all are in one. */
  readonly hasProcessPerCpu?: boolean;
  /** Fill a new process, before the GPUs are opened in it. */
  populate(actor: PlayActor): Run<void>;
  /** After the GPUs were opened and have bound `targets`: what else is to be there when the play begins. */
  prepare?(actor: PlayActor): Run<void>;
  /** Ranges of the process that the drivers are told to bind. */
  readonly targets: readonly PageRange[];
  /** What CPU `cpu` of `cpus` does. */
  script(cpu: number, cpus: number): readonly Operation[];
  /** What the contexts of GPU `gpu` access, each with its own list. */
  accesses(gpu: number, gpus: number): readonly (readonly PageAccess[])[];
}

/** Pages by number, from 0; see {@link addressOf}. */
export interface PageRange {
  readonly first: number;
  readonly pages: number;
}

export interface PageAccess {
  readonly page: number;
  /** ACCESS_* */
  readonly kind: number;
}

/** Something that a CPU does, as small as a system call. */
export interface Operation {
  /** As in reports: `munmap pages 0 to 1`. */
  readonly name: string;
  run(actor: PlayActor): Run<unknown>;
}

/** The machine and one process, which alone differs where there are several. All of it is the same in each execution. */
export interface PlayStage {
  readonly kernel: Kernel;
  readonly driver: Driver;
  readonly gpus: readonly Gpu[];
  readonly faultLine: Ptr<"fault_line">;
  readonly notifiers: PlayNotifiers;
  /** The process; set before `populate`. */
  mm: Ptr<"mm_struct">;
  /** By GPU: its address space; set before `prepare`. */
  readonly vms: Ptr<"gpu_vm">[];
}

/** A CPU at work. */
export interface PlayActor {
  readonly current: Current;
  readonly stage: PlayStage;
  /** Number of the CPU, from 0. */
  readonly cpu: number;
}

export const DEFAULT_FRAMES = 128;

/** First byte of page `page` of a play. */
export function addressOf(page: number): number {
  return FIRST_PAGE + page * PAGE_SIZE;
}

/** The beginning of a range that one notifier of any driver watches whole. */
const FIRST_PAGE = 0x7f00_0000_0000;
