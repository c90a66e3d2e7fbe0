import type { RunOutcome } from "../../boot/threads_run.ts";
import { WATCHED_RULES } from "../../check/rules.ts";
import { mergeSnapshots } from "../../check/statistics.ts";
import { mergeLatencies, percentiles } from "../../report/latency.ts";
import { plural } from "../../report/numbers.ts";
import type { StressResult } from "../../report/result.ts";
import { formatFinishOption } from "../../driver/options.ts";
import type { Workload } from "../../scenario/strace/workload.ts";
import { commandAgain } from "../common/again.ts";
import type { StressOptions } from "./stress_options.ts";

/** The whole configuration as it is printed and as it stands in the JSON. */
export function resolvedConfig({
  config,
  workload,
  seconds,
  invalidations,
  rounds,
  memoryMib,
  silentGpu,
}: StressOptions): Record<string, unknown> {
  const { seed: _, finish, scenario, profiles: _profiles, ...machine } = config;
  const until = [
    ...(Number.isFinite(seconds) ? [`${seconds} s`] : []),
    ...(Number.isFinite(invalidations) ? [`${invalidations} invalidations`] : []),
    ...(Number.isFinite(rounds) ? ["the end of the workload"] : []),
  ];
  return {
    ...machine,
    memoryMib,
    ...(silentGpu === null ? {} : { silentGpu }),
    finish: formatFinishOption(finish),
    ...(workload === null ? { scenario } : { workload }),
    until: until.join(" or "),
  };
}

/** What came of a run, in the terms of the reports. */
export function stressResult(options: StressOptions, workload: Workload | null, outcome: RunOutcome): StressResult {
  const merged = mergeSnapshots(outcome.findings.map((found) => found.snapshot));
  const violationCounts: Record<string, number> = {};
  for (const found of outcome.findings) {
    for (const [rule, count] of Object.entries(found.violationCounts))
      violationCounts[rule] = (violationCounts[rule] ?? 0) + count;
  }
  const isClean = Object.keys(violationCounts).length === 0 && outcome.hang === null && outcome.died === null;
  return {
    verdict: !isClean ? "fail" : Object.keys(outcome.missed).length > 0 ? "not checked" : "pass",
    seed: options.config.seed,
    config: resolvedConfig(options),
    elapsedMs: outcome.elapsedMs,
    bootMs: outcome.bootMs,
    violations: outcome.findings.flatMap((found) => found.violations).toSorted((a, b) => a.timeUs - b.timeUs),
    violationCounts,
    missed: outcome.missed,
    counts: merged.counts,
    gpus: Array.from(
      { length: options.config.gpus },
      (_, i) => merged.gpus[i] ?? { accesses: 0, tlbHits: 0, faults: 0, flushes: 0 },
    ),
    latencyUs: {
      start: percentiles(mergeLatencies(merged.latencies.start)),
      finish: percentiles(mergeLatencies(merged.latencies.finish)),
      invalidate: percentiles(mergeLatencies(merged.latencies.invalidate)),
    },
    overlap: merged.waitedUs > 0 ? merged.deviceUs / merged.waitedUs : null,
    devicesPerFlush: merged.flushedRanges > 0 ? merged.rangeFlushes / (options.config.tlbDomains ?? 1) / merged.flushedRanges : 0,
    peakRssBytes: outcome.peakRssBytes,
    hang: outcome.hang,
    internalError: outcome.died === null ? null : (outcome.died.stack ?? outcome.died.message),
    interrupted: outcome.interrupted,
    workload: workload === null ? null : { name: workload.file, unknownCalls: Object.fromEntries(workload.unknown) },
    warnings: [...warningsOfLog(workload), ...warningsOf(options, outcome)],
    reproduce: commandAgain("stress.ts", options.again, options.config.seed),
    scenario: options.workload ?? options.config.scenario,
    rules: WATCHED_RULES,
  };
}

function warningsOfLog(workload: Workload | null): string[] {
  if (workload === null || workload.skipped === null) return [];
  const { lines, first } = workload.skipped;
  const were = lines === 1 ? "was" : "were";
  return [
    `${plural(lines, "line")} of the log ${were} left out; the first: ${first}. Recorded with strace -o FILE, a log has no ` +
      "lines but strace's",
  ];
}

function warningsOf(options: StressOptions, outcome: RunOutcome): string[] {
  const warnings: string[] = [];
  const { mismatches, rounds } = outcome.replayed ?? { mismatches: 0, rounds: 0 };
  if (mismatches > 0) warnings.push(`${mismatches} calls of the log ended otherwise than recorded (in ${rounds} rounds)`);
  for (const { gpu, requests } of outcome.unanswered) {
    warnings.push(`when it hung, ${gpu} had not answered ${plural(requests, "request")}`);
  }
  const lost = options.config.cpus + options.config.gpus - outcome.findings.length;
  if (lost > 0) warnings.push(`${lost} threads did not report: their counts and violations are missing`);
  return warnings;
}
