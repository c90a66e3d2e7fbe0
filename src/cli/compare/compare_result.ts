import type { CompareOutcome, MeasuredTrial } from "../../compare/run.ts";
import { DESIGNS, SOUND_DESIGNS } from "../../driver/catalogue.ts";
import type { Comparison } from "../../report/comparison.ts";
import { plural } from "../../report/numbers.ts";
import { commandAgain } from "../common/again.ts";
import type { CompareCommandOptions } from "./compare_options.ts";
import { UNKNOWN_ON_THREADS } from "./compare_threads.ts";
import { withTitle } from "../../report/rule_text.ts";

/** What came of a comparison, in the terms of the reports. */
export function comparisonOf(
  asked: CompareCommandOptions,
  { experiments, trials, interrupted }: CompareOutcome,
  elapsedMs: number,
): Comparison {
  const objections = [...violated(trials), ...blind(trials)];
  return {
    verdict: objections.length === 0 ? "pass" : "fail",
    seed: asked.seed,
    executor: asked.executor,
    elapsedMs,
    experiments,
    interrupted,
    reproduce: commandAgain("compare.ts", asked.again, asked.seed),
    warnings: [
      ...objections,
      ...unfinished(trials),
      ...(asked.mix === null
        ? []
        : ["GPUs differ (--mix): what is said of the time of a TLB invalidation holds for the slowest"]),
      ...(asked.executor === "threads" ? [UNKNOWN_ON_THREADS] : []),
    ],
  };
}

/** Designs that are meant to be right, and were objected to, or hang where they are watched. */
function violated(trials: readonly MeasuredTrial[]): string[] {
  return SOUND_DESIGNS.flatMap((design) => {
    const rules = rulesViolatedBy(design, trials);
    const hangs = trials.some(({ trial, measured }) => trial.config.driver === design && trial.isWatched && !measured.isOver);
    const what = [
      ...(rules.length === 0 ? [] : [`violated ${rules.map(withTitle).join("; ")}`]),
      ...(hangs ? ["does not come to its end"] : []),
    ];
    return what.length === 0 ? [] : [`${design} is meant to be right, and ${what.join(", and ")}`];
  });
}

/** Negative controls that oracles watched, and did not object to. */
function blind(trials: readonly MeasuredTrial[]): string[] {
  const watched = new Set(trials.filter(({ trial }) => trial.isWatched).map(({ trial }) => trial.config.driver));
  return DESIGNS.filter(({ soundness, name }) => soundness.kind === "wrong" && watched.has(name))
    .filter(({ name }) => rulesViolatedBy(name, trials).length === 0)
    .map(({ name }) => `${name} is wrong on purpose, and no oracle objected to it`);
}

function rulesViolatedBy(design: string, trials: readonly MeasuredTrial[]): string[] {
  return [
    ...new Set(
      trials.filter(({ trial }) => trial.config.driver === design).flatMap(({ measured }) => Object.keys(measured.violations)),
    ),
  ];
}

/**
 * Trials that were given up before their end, by experiment; not those that were watched, since a hang is what they are to find.
 */
function unfinished(trials: readonly MeasuredTrial[]): string[] {
  const byExperiment = new Map<string, number>();
  for (const { experiment, trial, measured } of trials)
    if (!measured.isOver && trial.invalidations !== null && !trial.isWatched)
      byExperiment.set(experiment.name, (byExperiment.get(experiment.name) ?? 0) + 1);
  return [...byExperiment].map(
    ([name, count]) => `${name}: ${plural(count, "trial")} did not come to an end in the time allowed`,
  );
}
