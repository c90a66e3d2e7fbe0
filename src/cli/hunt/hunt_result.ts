import type { HuntOutcome, HuntPart } from "../../hunt/search/outcome.ts";
import type { HuntPartResult, HuntResult } from "../../report/hunt_result.ts";
import type { HuntPlan } from "./hunt_plan.ts";

/** What a hunt came to, as it is reported. */
export function huntResult(plan: HuntPlan, outcome: HuntOutcome, elapsedMs: number): HuntResult {
  const {
    figures: { schedules, steps, traces, switches },
    parts,
    exhaustive,
    statement,
    interrupted,
    exploredMs,
  } = outcome;
  const { options, shown, reproduce } = plan;
  const findings = parts.flatMap(({ finding }) => finding ?? []);
  const perSecond = (number: number) => (exploredMs === 0 ? 0 : (number / exploredMs) * 1000);
  return {
    verdict: findings.length === 0 ? "pass" : "fail",
    findings,
    schedules,
    schedulesPerSecond: perSecond(schedules),
    stepsPerSecond: perSecond(steps),
    uniqueTraces: traces.unique,
    uniqueTracesAreExact: traces.isExact,
    exhaustive,
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

function partResult({
  machine: { driver, play },
  figures: { schedules, traces },
  exhaustive,
  finding,
}: HuntPart): HuntPartResult {
  return { driver, scenario: play, schedules, uniqueTraces: traces.unique, exhaustive, failure: finding?.failure.rule ?? null };
}
