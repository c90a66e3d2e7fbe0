import { wrapCommand } from "./command_line.ts";
import type { Finding } from "../hunt/explain/finding.ts";
import type { HuntPartResult, HuntResult } from "./hunt_result.ts";
import { count, duration, plural, shortCount } from "./numbers.ts";
import { plain, type Paint, type Tone } from "./paint.ts";
import { explainLines } from "./rule_text.ts";
import { isExplained, renderFinding, titleOf } from "./story_block.ts";
import { clean, fileName, reportWidth, shorten, table, wrap } from "./text.ts";

/** Columns of a table's first cell, and of each further one, with what stands before it. */
const SCENARIO_COLUMNS = 24;
const DRIVER_COLUMNS = 14;

/** What a person reads at the end of a hunt: what was found, where was looked how often, and what that allows one to conclude. */
export function renderHuntSummary(result: HuntResult, paint: Paint = plain): string {
  const lines = [
    ...partLines(result.parts, paint),
    ...figureLines(result),
    "",
    ...verdictLines(result, paint),
    ...result.statement.flatMap((sentence) => wrap(sentence, "  ")),
    paint("aside", "hunt the same again:"),
    ...wrapCommand(clean(result.reproduce), "  ", "    "),
    ...explainLines(result.findings.map(({ failure }) => failure.rule)),
  ];
  return `${result.findings.map((finding) => `${renderFound(finding, paint)}\n`).join("")}${lines.join("\n")}\n`;
}

/** The whole report of a failure, or what is known of it without one. */
function renderFound(finding: Finding, paint: Paint): string {
  if (isExplained(finding)) return renderFinding(finding, paint);
  const { strategy, index, steps } = finding.where;
  const [title, ...rest] = wrap(titleOf(finding.failure), "FAIL  ", "      ");
  const when = `schedule ${count(index + 1)}, ${plural(steps, "step")}`;
  const found = `${placeOf(finding)}, found by ${strategy} in ${when}; not looked into`;
  return `${[paint("bad", title), ...rest, ...wrap(finding.failure.message, "  "), ...wrap(found, "  ")].join("\n")}\n`;
}

/** How many schedules were run of each configuration, in as many tables as it takes. */
function partLines(all: readonly HuntPartResult[], paint: Paint): string[] {
  const parts = all.filter(({ schedules }) => schedules > 0);
  const drivers = [...new Set(parts.map(({ driver }) => driver))];
  const lines: string[] = [];
  const driversPerTable = Math.floor((reportWidth() - SCENARIO_COLUMNS) / DRIVER_COLUMNS);
  do lines.push(...tableLines(parts, drivers.splice(0, driversPerTable), paint));
  while (drivers.length > 0);
  const hidden = all.length - parts.length;
  return hidden === 0 ? lines : [...lines.slice(0, -1), `  (${plural(hidden, "configuration")} not come to)`, ""];
}

/** Scenarios below each other, drivers side by side: how many schedules were run, and whether that was all of them. */
function tableLines(parts: readonly HuntPartResult[], drivers: readonly string[], paint: Paint): string[] {
  const scenarios = [...new Set(parts.filter(({ driver }) => drivers.includes(driver)).map(({ scenario }) => scenario))];
  const heads = drivers.map(headOf);
  const rows = scenarios.map((scenario) => {
    const cells = drivers.map((driver) => cellOf(parts.find((part) => part.driver === driver && part.scenario === scenario)));
    return [shorten(fileName(scenario), 20)].concat(cells);
  });
  const upper = heads.some(([first]) => first !== "") ? [["", ...heads.map(([first]) => first)]] : [];
  const lines = table([...upper, ["schedules", ...heads.map(([, second]) => second)], ...rows]);
  return [...lines.map((line, index) => (index <= upper.length ? paint("title", line) : line)), ""];
}

function cellOf(part: HuntPartResult | undefined): string {
  if (part === undefined) return "-";
  if (part.failure !== null) return "FAILED";
  return `${part.exhaustive ? "all " : ""}${shortCount(part.schedules)}`;
}

/** A long name stands on two lines: `xe-userptr-` over `preempt`. */
function headOf(driver: string): readonly [string, string] {
  const name = fileName(driver);
  const cut = name.length <= 11 ? 0 : name.lastIndexOf("-") + 1;
  return [shorten(name.slice(0, cut), 12), shorten(name.slice(cut), 12)];
}

function figureLines({
  schedules,
  schedulesPerSecond,
  stepsPerSecond,
  uniqueTraces,
  uniqueTracesAreExact,
  switches,
  elapsedMs,
}: HuntResult): string[] {
  const about = uniqueTracesAreExact ? "" : "about ";
  return [
    ...wrap(
      `${plural(schedules, "schedule")} in ${duration(elapsedMs * 1000)}: ${count(Math.round(schedulesPerSecond))} ` +
        `schedules/s, ${count(Math.round(stepsPerSecond))} steps/s`,
      "  ",
    ),
    ...wrap(
      `${about}${plural(uniqueTraces, "unique trace")}; switches ${count(switches.min)} min, ` +
        `${switches.average.toFixed(1)} avg, ${count(switches.max)} max`,
      "  ",
    ),
  ];
}

/** `two-pass in unmap`. */
function placeOf({ where: { machine } }: Finding): string {
  return `${fileName(machine.driver)} in ${fileName(machine.play)}`;
}

const VERDICTS: Readonly<Record<HuntResult["verdict"], { readonly word: string; readonly style: Tone }>> = {
  pass: { word: "PASS", style: "good" },
  fail: { word: "FAIL", style: "bad" },
  "stopped-early": { word: "STOPPED EARLY", style: "warning" },
  partial: { word: "PARTIAL", style: "warning" },
};

function verdictLines({ verdict, findings, interrupted, cutShort, parts }: HuntResult, paint: Paint): string[] {
  const comeTo = parts.filter(({ schedules }) => schedules > 0).length;
  const where =
    comeTo === parts.length ? plural(comeTo, "configuration") : `${comeTo} of ${plural(parts.length, "configuration")}`;
  const failures = findings.map((finding) => `${placeOf(finding)}, ${titleOf(finding.failure)}`).join("; ");
  const { word, style } = VERDICTS[verdict];
  const text =
    verdict === "fail"
      ? `${plural(findings.length, "failure")} in ${where}: ${failures}${interrupted ? ", stopped early" : ""}`
      : `nothing found in ${where}${cutShort ? ", not explored to the end" : ""}`;
  const [line, ...rest] = wrap(`${word}  ${text}`, "", "      ");
  return [paint(style, line), ...rest];
}
