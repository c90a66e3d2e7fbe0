import { wrapCommand } from "./command_line.ts";
import type { Comparison, ExperimentResult } from "./comparison.ts";
import { comparisonTable } from "./comparison_table.ts";
import { duration, plural } from "./numbers.ts";
import { plain, type Paint } from "./paint.ts";
import { clean, wrap } from "./text.ts";

/** What a person reads at the end of a comparison: every question with its table and its answer, and what to think of it all. */
export function renderComparison(comparison: Comparison, paint: Paint = plain): string {
  const lines = [
    ...comparison.experiments.flatMap((experiment) => [...experimentLines(experiment, paint), ""]),
    ...comparison.warnings.flatMap((warning) => wrap(warning, "warning: ", "  ").map((line) => paint("warning", line))),
    verdictLine(comparison, paint),
    paint("aside", "measure the same again:"),
    ...wrapCommand(clean(comparison.reproduce), "  ", "    "),
  ];
  return `${lines.join("\n")}\n`;
}

function experimentLines({ name, question, claim, setting, table, answer }: ExperimentResult, paint: Paint): string[] {
  return [
    ...wrap(`${name}: ${question}`).map((line) => paint("title", line)),
    ...wrap(claim, "  claimed   ", "            "),
    ...wrap(setting, "  measured  ", "            "),
    "",
    ...comparisonTable(table).flatMap(({ head, body }) => head.map((line) => paint("title", line)).concat(body, "")),
    ...answer.flatMap((sentence) => wrap(sentence, "  - ", "    ")),
  ];
}

function verdictLine({ verdict, experiments, interrupted, elapsedMs }: Comparison, paint: Paint): string {
  const trials = experiments.reduce((sum, experiment) => sum + experiment.trials.length, 0);
  const what = `${plural(experiments.length, "experiment")}, ${plural(trials, "trial")} in ${duration(elapsedMs * 1000)}`;
  if (verdict === "fail") return paint("bad", `FAIL  ${what}`);
  return interrupted ? paint("warning", `PASS  ${what}, interrupted`) : paint("good", `PASS  ${what}`);
}
