import type { HuntFailure, HuntOutcome, HuntPart } from "../../hunt/search/outcome.ts";
import type { HuntFailureResult, HuntPartResult, HuntResult } from "../../report/hunt_result.ts";
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
  const bug = options.bug?.name ?? null;
  const failures = parts.flatMap((part) => (part.failure === null ? [] : [failureResult(part, part.failure, bug)]));
  const perSecond = (number: number) => (exploredMs === 0 ? 0 : (number / exploredMs) * 1000);
  return {
    verdict: failures.length === 0 ? "pass" : "fail",
    failures,
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

function failureResult(
  { config: { driver, scenario } }: HuntPart,
  { found, investigation }: HuntFailure,
  bug: string | null,
): HuntFailureResult {
  const {
    failure: { kind, rule, message },
    strategy,
    index,
    steps,
  } = found;
  const report = investigation?.report ?? null;
  return {
    kind,
    rule,
    message: report?.failure.message ?? message,
    strategy,
    schedule: index,
    steps,
    minimized: report?.minimized ?? null,
    depth: report?.depth ?? null,
    reproduced: report === null ? null : `${report.reproduced.failed}/${report.reproduced.times}`,
    token: report?.token ?? null,
    driver,
    scenario,
    bug,
    report,
  };
}

function partResult({
  config: { driver, scenario },
  figures: { schedules, traces },
  exhaustive,
  failure,
}: HuntPart): HuntPartResult {
  return { driver, scenario, schedules, uniqueTraces: traces.unique, exhaustive, failure: failure?.found.failure.rule ?? null };
}
