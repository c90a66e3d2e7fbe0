import { statementOf, type PctRuns } from "../../executor/explorer/measure/statement.ts";
import { STRATEGIES, strategyKind } from "../../executor/explorer/strategy/catalogue.ts";
import type { StrategyKind } from "../../executor/explorer/strategy/kind.ts";
import { DEEPEST } from "../../executor/explorer/strategy/pct.ts";
import type { HuntOptions } from "./options.ts";
import type { HuntPart } from "./outcome.ts";
import type { PctSize } from "./round.ts";

/** What a part that found nothing allows one to conclude. */
export function partStatement(
  { figures, runs, exhaustive }: Pick<HuntPart, "figures" | "runs" | "exhaustive">,
  size: PctSize | null,
  options: HuntOptions,
): string[] {
  const pct =
    size === null
      ? []
      : pctRuns(
          runsOf(runs, ({ bound }) => bound === "depth"),
          size,
          options.strategy.depth ?? null,
        );
  return statementOf({ figures, exhaustive, limits: limitsOf(options), chosen: chosenOf(runs), pct });
}

/** Executions that are no samples, for they follow from others. */
function chosenOf(runs: HuntPart["runs"]): number {
  return runsOf(runs, ({ isStateful }) => isStateful);
}

/** Executions by strategies of that kind. */
function runsOf(runs: HuntPart["runs"], isCounted: (kind: StrategyKind) => boolean): number {
  return STRATEGIES.filter(isCounted).reduce((sum, { name }) => sum + (runs[name] ?? 0), 0);
}

/** Executions of PCT by depth: all of the same, or all depths in turns. */
function pctRuns(runs: number, { threads, choices }: PctSize, depth: number | null): PctRuns[] {
  if (depth !== null) return [{ depth, threads, steps: choices, runs }];
  return Array.from({ length: DEEPEST }, (_, i) => ({
    depth: i + 1,
    threads,
    steps: choices,
    runs: Math.floor((runs + DEEPEST - 1 - i) / DEEPEST),
  }));
}

function limitsOf({ strategy: { name, preemptions = null } }: HuntOptions): string {
  const { bound } = strategyKind(name);
  if (bound === undefined || bound === "depth" || preemptions === null) return "";
  return `with at most ${preemptions} ${bound}${preemptions === 1 ? "" : "s"}`;
}

/** What the clean ones of many parts allow one to conclude together: of one part, what it says itself. */
export function wholeStatement(parts: readonly HuntPart[], options: HuntOptions): readonly string[] {
  if (parts.length === 1) return parts[0].statement;
  const clean = parts.filter(({ finding, figures }) => finding === null && figures.schedules > 0);
  const proved = clean.filter(({ exhaustive }) => exhaustive);
  const sampled = clean.filter(({ exhaustive }) => !exhaustive);
  const sentences: string[] = [];
  if (proved.length > 0) sentences.push(provedStatement(proved, options));
  if (sampled.length > 0) sentences.push(sampledStatement(sampled));
  if (clean.length < parts.length)
    sentences.push(`Nothing is said about the other ${parts.length - clean.length} of ${parts.length} configurations.`);
  return sentences;
}

function provedStatement(parts: readonly HuntPart[], options: HuntOptions): string {
  const traces = parts.reduce((sum, { figures }) => sum + figures.traces.unique, 0);
  const limits = limitsOf(options);
  return (
    `${parts.length} configurations were explored to the end: all ${traces.toLocaleString("en-US")} ` +
    `traces${limits === "" ? "" : ` ${limits}`}, and none fails.`
  );
}

/** Of each configuration for itself; executions that were enumerated or chosen do not count. */
function sampledStatement(parts: readonly HuntPart[]): string {
  const fewest = Math.min(...parts.map(({ figures, runs }) => figures.schedules - chosenOf(runs)));
  if (fewest === 0)
    return `${parts.length} configurations were not explored to the end: nothing follows for what is left of them.`;
  const share = Number(Math.min(100, 300 / fewest).toPrecision(2));
  return (
    `In each of ${parts.length} configurations at least ${fewest.toLocaleString("en-US")} executions were drawn, and ` +
    `none failed: of any one, with 95 % confidence, at most ${share} % of such executions fail (rule of three).`
  );
}
