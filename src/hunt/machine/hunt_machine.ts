import type { FinishOption } from "../../driver/options.ts";

/** A machine to hunt through, and what is played on it: everything that determines a subject. Plain data, it goes into tokens. */
export interface HuntMachine {
  /** As in `--driver`. */
  readonly driver: string;
  /** One of PLAY_NAMES, or the user's. On the command line, in tokens and in JSON it is called the scenario. */
  readonly play: string;
  readonly gpus: number;
  readonly cpus: number;
  /** Operations left out by the minimiser: `cpu1.2` is operation 2 of CPU 1's script, `gpu0.1` access 1 of GPU 0. */
  readonly skip: readonly string[];
  readonly faults: FaultConfig;
  /** Where finish objects come from, if not from where the play has them from. */
  readonly finish?: FinishOption | undefined;
}

/** A GPU has three tasks or more, and a hunt knows 32 (see machinesOf). */
export const MAX_HUNT_GPUS = 8;
export const MAX_HUNT_CPUS = 4;

/** Trouble that the strategy may choose to make, each with its probability in percent. */
export interface FaultConfig {
  /** An allocation that must not sleep fails, as the two-pass design's of finish objects. */
  readonly allocationPercent: number;
  /** The firmware flushes, but never answers. */
  readonly lostAnswerPercent: number;
  /** It is a second late. */
  readonly lateAnswerPercent: number;
  /** It answers ahead of invalidations that were sent before. No driver here can cope with that (RULES 69). */
  readonly outOfOrderPercent: number;
  /** A futex wait returns although nobody woke the task. */
  readonly spuriousPercent: number;
}

export const NO_FAULTS: FaultConfig = {
  allocationPercent: 0,
  lostAnswerPercent: 0,
  lateAnswerPercent: 0,
  outOfOrderPercent: 0,
  spuriousPercent: 0,
};

export const DEFAULT_HUNT_MACHINE: HuntMachine = {
  driver: "two-pass",
  play: "unmap",
  gpus: 2,
  cpus: 2,
  skip: [],
  faults: NO_FAULTS,
};
