import type { ExperimentResult, TrialResult } from "../report/comparison.ts";
import type { Sentence } from "./sentence.ts";
import type { Trial } from "./trial.ts";

/** What a comparison was asked for. */
export interface CompareOptions {
  /** Names of drivers, in the order of tables. */
  readonly designs: readonly string[];
  /** Numbers of GPUs, in ascending order. */
  readonly gpus: readonly number[];
  /** Times of a TLB invalidation, in microseconds. */
  readonly tlbLatencyUs: readonly number[];
  /** CPUs of machines of which an experiment does not say it. Interrupts go round them. */
  readonly cpus: number;
  readonly seed: number;
}

/** What can be asked for of machines; an experiment has some of it fixed. */
export const MACHINE_OPTIONS = ["designs", "gpus", "tlbLatencyUs", "cpus"] as const;
export type MachineOption = (typeof MACHINE_OPTIONS)[number];

/** What trials come to. Its first sentence is a verdict on the claim. */
export interface Conclusion extends Pick<ExperimentResult, "table" | "plots"> {
  readonly answer: readonly Sentence[];
}

/** One question about designs: the trials that are to answer it, and the answer that they give. One file each. */
export interface Experiment extends Pick<ExperimentResult, "name" | "question" | "claim" | "setting"> {
  /** The options that change its machines. */
  readonly uses: readonly MachineOption[];
  trials(options: CompareOptions): Trial[];
  /** @param results of all trials, in their order */
  conclude(results: readonly TrialResult[], options: CompareOptions): Conclusion;
}
