import { CHAPTERS, findRule } from "./catalogue.ts";
import { MARKS, paragraphsOf, type Chapter, type Rule, type Section } from "./rule.ts";

const INTRODUCTION = `How Linux's interval notifiers, the drivers that use them and the hardware behind them behave: the
specification that this project re-creates, in our own words. Sources, tests, pages and reports cite these rules by number. The
book holds facts and no code; the project was written from it and not from the kernel's sources.

Of the rule that a report names, "npx tsx scripts/hunt.ts --explain RULE" prints the same as this page; so does
"scripts/stress.ts".

This page is made from the records in src/rules by "npm run docs".

Marks say how sure a rule is:`;

/** The rule book as a document, from the catalogue alone. */
export function renderRulePage(): string {
  const blocks = [
    "# Rules",
    ...paragraphsOf(INTRODUCTION).map(inline),
    Object.entries(MARKS)
      .map(([mark, meaning]) => `- **${mark}**: ${inline(meaning)}`)
      .join("\n"),
    contents(),
    ...CHAPTERS.flatMap(chapterBlocks),
  ];
  return `${blocks.join("\n\n")}\n`;
}

/** Where a rule stands on the page: `rules-b-8-prime`. */
export function anchorOf({ id }: Pick<Rule, "id">): string {
  return id.toLowerCase().replace("'", "-prime").replaceAll(/[ .]/g, "-");
}

function contents(): string {
  return CHAPTERS.flatMap(({ opening, sections }) =>
    [`- ${linkTo(opening)}: ${inline(opening.title)}`].concat(sections.map(contentsOf)),
  ).join("\n");
}

function contentsOf({ title, rules }: Section): string {
  return `  - ${inline(title)}: ${rules.map(linkTo).join(", ")}`;
}

function chapterBlocks({ opening, sections }: Chapter): string[] {
  return [...ruleBlocks(opening, "##"), ...sections.flatMap(sectionBlocks)];
}

function sectionBlocks({ title, text, rules }: Section): string[] {
  return [
    `### ${inline(title)}`,
    ...paragraphsOf(text).map(inline),
    ...overview(rules),
    ...rules.flatMap((rule) => ruleBlocks(rule, "####")),
  ];
}

/** What the rules of a section say under the same headings; nothing if they have none. */
function overview(rules: readonly Rule[]): string[] {
  const headings = Object.keys(rules[0].columns ?? {});
  if (headings.length === 0) return [];
  const head = ["", "rule", ...headings].map(inline);
  const rowOf = (rule: Rule) => [linkTo(rule), ...[rule.title, ...Object.values(rule.columns ?? {})].map(inline)];
  return [table([head, ...rules.map(rowOf)])];
}

function ruleBlocks(rule: Rule, level: string): string[] {
  const mark = rule.mark === undefined ? "" : ` (${rule.mark})`;
  return [
    `<a id="${anchorOf(rule)}"></a>`,
    `${level} ${rule.id}: ${inline(rule.title)}`,
    ...paragraphsOf(rule.text).map(paragraph),
    ...(rule.table === undefined ? [] : [table(rule.table.map((row) => row.map(inline)))]),
    `**Source**${mark}: ${inline(rule.source)}`,
  ];
}

/** @param rows the first one is the head; cells are finished */
function table(rows: readonly (readonly string[])[]): string {
  const [head, ...others] = rows.map((cells) => `| ${cells.join(" | ")} |`);
  return [head, `|${rows[0].map(() => "---").join("|")}|`, ...others].join("\n");
}

function linkTo(rule: Rule): string {
  return `[${rule.id}](#${anchorOf(rule)})`;
}

function paragraph(words: string): string {
  return words.startsWith("- ") ? `- ${inline(words.slice(2))}` : inline(words);
}

const CITATION = /\b(?:RULES (?:[a-z] \d+[a-z']?|b2|[a-z]\b|\d+)|BUGS \d+|LATENCIES \d\.\d|I\d+\b)/;
/** Names of the kernel have an underscore or an arrow in them; so have names of files. */
const NAME = /(?:[\w./]|->)*(?:_|->)(?:[\w./]|->)*\w(?:\(\))?/;
const SPECIAL = /[\\`*<>|[\]~]/;
const MARKED_UP = new RegExp([CITATION, NAME, SPECIAL].map(({ source }) => `(${source})`).join("|"), "g");

/** One line of text: rules lead to their place, names are code, and nothing else is taken for markup. */
function inline(words: string): string {
  return words.replaceAll(/\s+/g, " ").replaceAll(MARKED_UP, (found, citation?: string, name?: string) => {
    if (name !== undefined) return `\`${name}\``;
    if (citation === undefined) return `\\${found}`;
    const rule = findRule(citation);
    return rule === undefined ? citation : `[${citation}](#${anchorOf(rule)})`;
  });
}
