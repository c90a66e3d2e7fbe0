import { isUserLock } from "../driver/catalogue.ts";
import type { Column, LockFigures, Measured, Plot, Series, Table, TrialResult } from "../report/comparison.ts";

type Labels = TrialResult["labels"];

/** A column of measured figures. */
export interface Figure extends Column {
  of(measured: Measured): number | null;
}

export const START: Figure = { title: "start", unit: "us", of: ({ startPassUs }) => startPassUs.p50 };
export const FINISH: Figure = { title: "finish", unit: "us", of: ({ finishPassUs }) => finishPassUs.p50 };
export const WHOLE: Figure = { title: "whole p50", unit: "us", of: ({ wholeUs }) => wholeUs.p50 };
export const TAIL: Figure = { title: "p99", unit: "us", of: ({ wholeUs }) => wholeUs.p99 };
export const COMMITS: Figure = { title: "commits", unit: "/s", of: ({ commitsPerSecond }) => commitsPerSecond };
export const FAULTS: Figure = { title: "faults", unit: "/s", of: ({ faultsPerSecond }) => faultsPerSecond };
/** Of the time in which CPUs did something. */
export const TREE: Figure = { title: "tree", unit: "%", of: ({ treeWalkPercent }) => treeWalkPercent };
/** Of the invocations that wanted a finish object, how many got none. */
export const FALLBACKS: Figure = {
  title: "fallbacks",
  unit: "%",
  of: ({ finishFallbacks, twoPassCalls }) => (twoPassCalls === 0 ? 0 : (100 * finishFallbacks) / twoPassCalls),
};

/** The user lock that was waited for longest. */
export function userLockOf({ locks }: Measured): LockFigures | undefined {
  return locks.find(({ name }) => isUserLock(name));
}

/** The middle one of what was measured; the lower one of two; null if nothing was. */
export function medianOf(all: readonly Measured[], figure: Figure): number | null {
  const values = all
    .map((measured) => figure.of(measured))
    .filter((value) => value !== null)
    .toSorted((a, b) => a - b);
  return values[Math.floor((values.length - 1) / 2)] ?? null;
}

/** A row for each trial: its labels by name, and figures. */
export function tableOf(results: readonly TrialResult[], labels: readonly Column[], figures: readonly Figure[]): Table {
  return {
    columns: [...labels, ...figures.map(({ title, unit }) => ({ title, unit }))],
    rows: results.map(({ labels: of, measured }) => [
      ...labels.map(({ title }) => of[title]),
      ...figures.map((figure) => figure.of(measured)),
    ]),
  };
}

/** What was measured where these labels are as given. */
export function measuredAt(results: readonly TrialResult[], labels: Labels): Measured {
  const found = results.find((result) => Object.entries(labels).every(([name, value]) => result.labels[name] === value));
  if (found === undefined) throw new RangeError(`no trial with ${JSON.stringify(labels)}`);
  return found.measured;
}

/** A line for each value of the label `by`, over the values of the label `x`, in the order of the trials. */
export function seriesOf(results: readonly TrialResult[], by: string, x: string, figure: Figure): Series[] {
  return [...new Set(results.map(({ labels }) => labels[by]))].map((name) => ({
    name: String(name),
    points: results
      .filter(({ labels }) => labels[by] === name)
      .map(({ labels, measured }) => [Number(labels[x]), figure.of(measured) ?? 0] as const),
  }));
}

/** A plot of {@link seriesOf}, both axes logarithmic. */
export function plotOf(
  results: readonly TrialResult[],
  { name, title, by, x, figure }: { name: string; title: string; by: string; x: string; figure: Figure },
): Plot {
  return {
    name,
    title,
    x: { label: x, isLog: true },
    y: { label: `${figure.title}, ${figure.unit}`, isLog: true },
    series: seriesOf(results, by, x, figure),
  };
}

/** `12.3 us`, `4.56 ms`. */
export function time(us: number): string {
  return us < 1000 ? `${us.toPrecision(3)} us` : `${(us / 1000).toPrecision(3)} ms`;
}

/** `3.2 times`. */
export function times(factor: number): string {
  return `${factor.toPrecision(2)} times`;
}
