import { MARKS, paragraphsOf, type Rule } from "../rules/rule.ts";
import { plain, type Paint } from "./paint.ts";
import { wrap } from "./text.ts";

/** All that the book says of a rule, and what watches it. Ends in a newline. */
export function renderRule(rule: Rule, watch: string, paint: Paint = plain): string {
  const [title, ...rest] = wrap(`${rule.id}: ${rule.title}`, "", "  ");
  const facts: [label: string, text: string][] = [
    ...Object.entries(rule.columns ?? {}),
    ["source", rule.source],
    ...(rule.mark === undefined ? [] : [["mark", meaningOf(rule.mark)] as [string, string]]),
    ["watched", watch],
  ];
  const width = Math.max(...facts.map(([label]) => label.length)) + 4;
  const blocks = [
    [paint("title", title), ...rest],
    ...paragraphsOf(rule.text).map(paragraph),
    ...(rule.table === undefined ? [] : [rowLines(rule.table)]),
    facts.flatMap(([label, text]) => wrap(inOneLine(text), `  ${label}`.padEnd(width), " ".repeat(width))),
  ];
  return `${blocks.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function paragraph(words: string): string[] {
  return wrap(words, "  ", words.startsWith("- ") ? "    " : "  ");
}

/** A row of a table as an item of a list, each cell after its heading: the columns would not fit beside each other. */
function rowLines([head, ...rows]: readonly (readonly string[])[]): string[] {
  return rows.flatMap((cells) => paragraph(inOneLine(`- ${cells.map((cell, column) => `${head[column]}: ${cell}`).join("; ")}`)));
}

/** `P; I for the steps`: each part in words. */
function meaningOf(mark: string): string {
  const parts = mark.split("; ").map((part) => `${part}: ${MARKS[part.slice(0, 1) as keyof typeof MARKS]}`);
  return parts.join("; ");
}

/** The book's texts are broken where its sources are. */
function inOneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
