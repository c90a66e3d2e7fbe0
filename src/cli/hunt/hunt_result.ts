import { strategyKind } from "../../executor/explorer/strategy/catalogue.ts";
import type { HuntOutcome, HuntPart } from "../../hunt/search/outcome.ts";
import type { HuntPartResult, HuntResult } from "../../report/hunt_result.ts";
import type { HuntPlan } from "./hunt_plan.ts";

/** What a hunt came to, as it is reported. */
export function huntResult(plan: HuntPlan, outcome: HuntOutcome, elapsedMs: number): HuntResult {
  const {
    figures: { schedules, steps, traces, switches },
    parts: taken,
    exhaustive,
    statement,
    interrupted,
    exploredMs,
  } = outcome;
  const { options, shown, reproduce } = plan;
  const parts = plan.machines.map((machine) => taken.find((part) => part.machine === machine)!);
  const findings = parts.flatMap(({ finding }) => finding ?? []);
  const perSecond = (number: number) => (exploredMs === 0 ? 0 : (number / exploredMs) * 1000);
  return {
    verdict: verdictOf(plan, outcome, findings.length),
    findings,
    schedules,
    schedulesPerSecond: perSecond(schedules),
    stepsPerSecond: perSecond(steps),
    uniqueTraces: traces.unique,
    uniqueTracesAreExact: traces.isExact,
    exhaustive,
    cutShort: !exhaustive && strategyKind(options.strategy.name).isExhaustive === true,
    statement,
    switches,
    parts: parts.map(partResult),
    config: shown,
    seed: options.strategy.seed,
    elapsedMs,
    interrupted,
    reproduce,
  };
}

function verdictOf({ minSharePercent }: HuntPlan, { parts, interrupted }: HuntOutcome, findings: number): HuntResult["verdict"] {
  if (findings > 0) return "fail";
  if (interrupted) return "stopped-early";
  const comeTo = parts.filter(({ figures }) => figures.schedules > 0).length;
  return comeTo * 100 < minSharePercent * parts.length ? "partial" : "pass";
}

function partResult({
  machine: { driver, play },
  figures: { schedules, traces },
  exhaustive,
  finding,
}: HuntPart): HuntPartResult {
  return { driver, scenario: play, schedules, uniqueTraces: traces.unique, exhaustive, failure: finding?.failure.rule ?? null };
}
