import { wrapCommand } from "./command_line.ts";
import { countLines, gpuLines, latencyLines } from "./figures.ts";
import { renderHang } from "./hang_block.ts";
import { count, duration, plural } from "./numbers.ts";
import { missedText, unexercised } from "./missed.ts";
import { plain, type Paint } from "./paint.ts";
import type { StressResult } from "./result.ts";
import { explainLines } from "./rule_text.ts";
import { clean, wrap } from "./text.ts";
import { countByRule, renderViolations, totalViolations } from "./violation_block.ts";

/** What a person reads at the end of a run: what went wrong, the figures, the verdict, and how to run the same again. */
export function renderSummary(result: StressResult, paint: Paint = plain): string {
  const lines = [
    ...renderViolations(result, paint),
    ...(result.hang === null ? [] : renderHang(result.hang, paint)),
    ...internalErrorLines(result, paint),
    ...gpuLines(result, paint),
    ...latencyLines(result, paint),
    ...countLines(result, paint),
    ...workloadLines(result, paint),
    ...warningLines(result, paint),
    ...verdictLines(result, paint),
    ...again(result, paint),
    ...explainLines([...countByRule(result).keys()]),
  ];
  return `${lines.join("\n")}\n`;
}

function internalErrorLines({ internalError }: StressResult, paint: Paint): string[] {
  return internalError === null ? [] : [paint("bad", "internal error"), ...wrap(internalError, "  ", "    "), ""];
}

function workloadLines({ workload }: StressResult, paint: Paint): string[] {
  if (workload === null) return [];
  const unknown = Object.entries(workload.unknownCalls);
  const calls =
    unknown.length === 0
      ? "all calls known"
      : `not replayed, because unknown: ${unknown.map(([name, n]) => `${name} ${count(n)}`).join(", ")}`;
  return [paint("title", "  workload"), ...wrap(workload.name, "  "), ...wrap(calls, "  "), ""];
}

function warningLines({ warnings }: StressResult, paint: Paint): string[] {
  const lines = warnings.flatMap((warning) => wrap(warning, "warning: ", "         "));
  return lines.length === 0 ? [] : [...lines.map((line) => paint("warning", line)), ""];
}

function verdictLines(result: StressResult, paint: Paint): string[] {
  const reasons: string[] = [];
  const total = totalViolations(result);
  if (total > 0) reasons.push(`${plural(total, "violation")} of ${plural(countByRule(result).size, "rule")}`);
  if (result.hang !== null) reasons.push("hung");
  if (result.internalError !== null) reasons.push("internal error");
  if (reasons.length === 0) reasons.push(result.verdict === "fail" ? "failed" : "no violation");
  if (Object.keys(result.missed).length > 0) reasons.push(missedText(result.missed));
  if (result.verdict !== "fail") reasons.push(...unexercised(result));
  if (result.interrupted) reasons.push("interrupted");
  const figures = `${duration(result.elapsedMs * 1000)}, ${plural(result.counts.invalidations, "invalidation")}`;
  const isGood = result.verdict === "pass" && !result.interrupted && unexercised(result).length === 0;
  const tone = isGood ? "good" : result.verdict === "fail" ? "bad" : "warning";
  const [line, ...rest] = wrap(`${result.verdict.toUpperCase()}  ${reasons.join(", ")}; ${figures}`, "", "      ");
  return [paint(tone, line), ...rest];
}

function again({ reproduce }: StressResult, paint: Paint): string[] {
  return reproduce === "" ? [] : [paint("aside", "run the same again:"), ...wrapCommand(clean(reproduce), "  ", "    ")];
}
