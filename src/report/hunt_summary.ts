import { wrapCommand } from "./command_line.ts";
import type { HuntFailureResult, HuntPartResult, HuntResult } from "./hunt_result.ts";
import { count, duration, plural, shortCount } from "./numbers.ts";
import { plain, type Paint } from "./paint.ts";
import { renderFailure, titleOf } from "./story_block.ts";
import { clean, fileName, shorten, table, wrap } from "./text.ts";

/** Of at most 12 columns each, beside a scenario of 20: what fits into a line. */
const DRIVERS_PER_TABLE = 4;

/** What a person reads at the end of a hunt: what was found, where was looked how often, and what that licenses to say. */
export function renderHuntSummary(result: HuntResult, paint: Paint = plain): string {
  const lines = [
    ...partLines(result.parts, paint),
    ...figureLines(result),
    "",
    ...verdictLines(result, paint),
    ...result.statement.flatMap((sentence) => wrap(sentence, "  ")),
    paint("aside", "hunt the same again:"),
    ...wrapCommand(clean(result.reproduce), "  ", "    "),
  ];
  return `${result.failures.map((failure) => `${renderFound(failure, paint)}\n`).join("")}${lines.join("\n")}\n`;
}

/** The whole report of a failure, or what is known of it without one. */
function renderFound(failure: HuntFailureResult, paint: Paint): string {
  if (failure.report !== null) return renderFailure(failure.report, paint);
  const { kind, rule, message, strategy, schedule, steps, driver, scenario } = failure;
  const [title, ...rest] = wrap(titleOf({ kind, rule }), "FAIL  ", "      ");
  const found = `${fileName(driver)} in ${fileName(scenario)}, found by ${strategy} in schedule ${count(schedule + 1)}, ${plural(steps, "step")}; not looked into`;
  return `${[paint("bad", title), ...rest, ...wrap(message, "  "), ...wrap(found, "  ")].join("\n")}\n`;
}

/** How many schedules were run of each configuration, in as many tables as it takes. */
function partLines(all: readonly HuntPartResult[], paint: Paint): string[] {
  const parts = all.filter(({ schedules }) => schedules > 0);
  const drivers = [...new Set(parts.map(({ driver }) => driver))];
  const lines: string[] = [];
  do lines.push(...tableLines(parts, drivers.splice(0, DRIVERS_PER_TABLE), paint));
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
      `${plural(schedules, "schedule")} in ${duration(elapsedMs * 1000)}: ${count(Math.round(schedulesPerSecond))} schedules/s, ${count(Math.round(stepsPerSecond))} steps/s`,
      "  ",
    ),
    ...wrap(
      `${about}${plural(uniqueTraces, "unique trace")}; switches ${count(switches.min)} min, ${switches.average.toFixed(1)} avg, ${count(switches.max)} max`,
      "  ",
    ),
  ];
}

function verdictLines({ verdict, failures, interrupted, parts }: HuntResult, paint: Paint): string[] {
  const ending = interrupted ? ", interrupted" : "";
  const visited = parts.filter(({ schedules }) => schedules > 0).length;
  const where =
    visited === parts.length ? plural(visited, "configuration") : `${visited} of ${plural(parts.length, "configuration")}`;
  const text =
    verdict === "pass"
      ? `PASS  nothing found in ${where}${ending}`
      : `FAIL  ${plural(failures.length, "failure")} in ${where}: ${failures.map((failure) => `${titleOf(failure)} (${fileName(failure.driver)} in ${fileName(failure.scenario)})`).join("; ")}${ending}`;
  const [line, ...rest] = wrap(text, "", "      ");
  return [paint(verdict === "fail" ? "bad" : interrupted ? "warning" : "good", line), ...rest];
}
