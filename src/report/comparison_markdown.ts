import type { Comparison, ExperimentResult, Table } from "./comparison.ts";
import { cellTexts } from "./comparison_table.ts";
import { wrapCommand } from "./command_line.ts";

export interface MarkdownOptions {
  /** Where the plots are, as seen from the report; null: nowhere. */
  readonly plots: string | null;
}

/** The comparison as a document. It does not say how long anything took, so that the same figures make the same document. */
export function renderComparisonMarkdown(
  { experiments, reproduce, warnings, executor, interrupted }: Comparison,
  { plots }: MarkdownOptions,
): string {
  const blocks = [
    "# Designs compared",
    `Measured ${executor === "threads" ? "on real threads" : "in virtual time (see simulator.md for what a step costs)"} by`,
    ["```", ...wrapCommand(reproduce, "", "  "), "```"].join("\n"),
    ...(interrupted ? ["**Interrupted: what is not here was not measured.**"] : []),
    ...(warnings.length === 0 ? [] : [warnings.map((warning) => `- **${text(warning)}**`).join("\n")]),
    experiments.map(summaryLine).join("\n"),
    ...experiments.flatMap((experiment) => experimentBlocks(experiment, plots)),
  ];
  return `${blocks.join("\n\n")}\n`;
}

/** The question, which leads to its section, and the first of its answers. */
function summaryLine({ question, answer }: ExperimentResult): string {
  return `- [${text(question)}](#${anchorOf(question)}) ${text(answer[0] ?? "")}`;
}

/** Of a heading, as forges make them. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");
}

function experimentBlocks(
  { name, question, claim, setting, table, plots, answer }: ExperimentResult,
  folder: string | null,
): string[] {
  return [
    `## ${text(question)}`,
    [`- **Claimed**: ${text(claim)}`, `- **Measured** (\`--experiments ${name}\`): ${text(setting)}`].join("\n"),
    answer.map((sentence) => `- ${text(sentence)}`).join("\n"),
    ...(folder === null ? [] : plots.map((plot) => `![${text(plot.title)}](${encodeURI(`${folder}/${plot.name}.svg`)})`)),
    tableBlock(table),
  ].filter((block) => block !== "");
}

function tableBlock({ columns, rows }: Table): string {
  if (rows.length === 0) return "";
  const cells = columns.map(({ unit }, index) =>
    cellTexts(
      rows.map((row) => row[index]),
      unit,
    ),
  );
  const isWords = columns.map((_, index) => rows.some((row) => typeof row[index] === "string"));
  return [
    `| ${columns.map(({ title, unit }) => text(unit === "" ? title : `${title}, ${unit}`)).join(" | ")} |`,
    `|${isWords.map((left) => (left ? "---" : "---:")).join("|")}|`,
    ...rows.map((_, row) => `| ${cells.map((column) => text(column[row])).join(" | ")} |`),
  ].join("\n");
}

/** Nothing in it is taken for markup. */
function text(words: string): string {
  return words.replaceAll(/[\\`*_<>|[\]]/g, String.raw`\$&`);
}
