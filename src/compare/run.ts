import type { ExperimentResult, Measured } from "../report/comparison.ts";
import type { CompareOptions, Experiment } from "./experiment.ts";
import { concludeInPart } from "./in_part.ts";
import { changedMachine, type MachineChange } from "./machine_change.ts";
import { spread } from "./spread.ts";
import type { Trial } from "./trial.ts";

/** What a comparison is to find out. */
export interface ComparePlan {
  readonly experiments: readonly Experiment[];
  readonly options: CompareOptions;
  readonly change: MachineChange;
}

/** As much work, about, as a trial that ends with its time. */
const TIMED_INVALIDATIONS = 1000;

/** Where trials are run. */
export interface TrialRunner {
  /** How many at a time. */
  readonly jobs: number;
  measure(trial: Trial): Promise<Measured>;
  /** End at once: trials that are under way are rejected. */
  close(): Promise<void>;
}

/** How far a comparison is. */
export interface CompareProgress {
  readonly trials: number;
  readonly done: number;
  /** Share of the work that is done, from 0 to 1. */
  readonly fraction: number;
  /** The trial that was begun last. */
  readonly place: string;
}

export interface CompareHooks {
  /** When a trial begins, and at the end of each. */
  readonly onProgress?: (progress: CompareProgress) => void;
  /** Ends the comparison early; what was measured is kept. */
  readonly signal?: AbortSignal;
}

export interface CompareOutcome {
  /** Those of which something was measured. */
  readonly experiments: readonly ExperimentResult[];
  /** What was measured, in order. */
  readonly trials: readonly MeasuredTrial[];
  readonly interrupted: boolean;
}

/** A trial threw. The message begins with what sets it apart from the others. */
export class TrialError extends Error {
  override readonly name = "TrialError";

  constructor(place: string, cause: unknown) {
    super(`${place}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** A trial and the experiment that it belongs to. */
export interface PlannedTrial {
  readonly experiment: Experiment;
  readonly trial: Trial;
}

export interface MeasuredTrial extends PlannedTrial {
  readonly measured: Measured;
}

/** All trials of a comparison, in the order in which they are begun and reported. */
export function plannedTrials({ experiments, options, change }: ComparePlan): PlannedTrial[] {
  return experiments.flatMap((experiment) =>
    experiment
      .trials(options)
      .map((trial) => ({ experiment, trial: { ...trial, config: changedMachine(trial.config, change) } })),
  );
}

/**
 * Run all trials and let each experiment conclude. What comes out does not depend on how many trials run at a time.
 *
 * @throws TrialError for the first trial that throws
 */
export async function compare(
  plan: ComparePlan,
  runner: TrialRunner,
  { onProgress, signal }: CompareHooks = {},
): Promise<CompareOutcome> {
  const planned = plannedTrials(plan);
  const workOf = planned.map(({ trial: { config, invalidations } }) => config.gpus * (invalidations ?? TIMED_INVALIDATIONS));
  const work = workOf.reduce((sum, one) => sum + one, 0);
  let [done, workDone] = [0, 0];
  const isInterrupted = () => signal?.aborted === true;
  const close = () => void runner.close();
  signal?.addEventListener("abort", close);
  const measured = await spread(
    planned.length,
    runner.jobs,
    async (index) => {
      const place = placeOf(planned[index]);
      const tell = () => onProgress?.({ trials: planned.length, done, fraction: workDone / work, place });
      tell();
      const result = await runner.measure(planned[index].trial).catch((error: unknown) => {
        throw new TrialError(place, error);
      });
      done++;
      workDone += workOf[index];
      tell();
      return result;
    },
    isInterrupted,
  );
  signal?.removeEventListener("abort", close);
  const trials = planned.flatMap((one, index) => (measured[index] === null ? [] : [{ ...one, measured: measured[index] }]));
  return {
    experiments: plan.experiments.flatMap((experiment) => resultOf(experiment, plan, trials)),
    trials,
    interrupted: isInterrupted(),
  };
}

function resultOf(experiment: Experiment, { options }: ComparePlan, all: readonly MeasuredTrial[]): ExperimentResult[] {
  const trials = all
    .filter((one) => one.experiment === experiment)
    .map(({ trial: { labels }, measured }) => ({ labels, measured }));
  if (trials.length === 0) return [];
  const { name, question, claim, setting } = experiment;
  const planned = experiment.trials(options).length;
  const conclusion = trials.length === planned ? experiment.conclude(trials, options) : concludeInPart(trials, planned);
  return [{ name, question, claim, setting, ...conclusion, trials }];
}

/** `scaling, driver two-pass, gpus 64`. */
export function placeOf({ experiment, trial }: PlannedTrial): string {
  return [experiment.name, ...Object.entries(trial.labels).map(([label, value]) => `${label} ${value}`)].join(", ");
}
