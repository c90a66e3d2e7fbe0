import type { Fate } from "./judge.ts";
import type { Mutant } from "./mutant.ts";
import { reasonOf, type Reason } from "./reasons.ts";

/** What a run over a sample came to. */
export interface Tried {
  readonly seed: number;
  readonly perFolder: number;
  readonly folders: readonly TriedFolder[];
}

export interface TriedFolder {
  readonly folder: string;
  /** Mutants that there are. */
  readonly of: number;
  /** In the order in which they were drawn; null: not come to. */
  readonly mutants: readonly { readonly mutant: Mutant; readonly fate: Fate | null }[];
}

/** Of those that change something: noticed, and all. */
interface Score {
  readonly noticed: number;
  readonly all: number;
}

/** docs/mutants.md: what came of each sample, and what survived. */
export function renderPage(samples: readonly Tried[]): string {
  return `${[...INTRODUCTION, ...samples.flatMap(sampleLines)].join("\n")}\n`;
}

const INTRODUCTION = [
  "# Mutants",
  "",
  "Made by `npm run mutants`. A mutant is one small change of the sources: a condition turned round, a statement left out. It is",
  "killed if a test fails or does not end, and survives if all pass. Mutants that compile to the same program are not drawn, nor",
  "are changes of texts. Tests that plant seeded bugs, run commands or look at words take no part: a mutant can make them fail",
  "for another reason. Scores stand with their 95 % interval (Wilson); equivalent mutants do not count.",
];

function sampleLines({ seed, perFolder, folders }: Tried): string[] {
  const rows = folders.map(folderRow);
  const survivors = folders.flatMap(({ mutants }) =>
    mutants.filter(({ fate }) => fate === "survived").map(({ mutant }) => mutant),
  );
  return [
    "",
    `## Sample ${seed}: ${perFolder} of each folder`,
    "",
    "| folder | mutants | drawn | killed | timed out | survived | equivalent | score |",
    "|---|---|---|---|---|---|---|---|",
    ...rows,
    `| all | | | | | | | ${scoreText(sum(folders.map(scoreOf)))} |`,
    ...(survivors.length === 0 ? [] : ["", "What survived:", "", ...survivors.flatMap(survivorLines)]),
  ];
}

function folderRow(folder: TriedFolder): string {
  const { mutants } = folder;
  const count = (wanted: Fate) => mutants.filter(({ fate }) => fate === wanted).length;
  const tried = mutants.filter(({ fate }) => fate !== null).length;
  const drawn = tried === mutants.length ? `${tried}` : `${tried} of ${mutants.length}`;
  const equivalent = mutants.filter(isEquivalent).length;
  const cells = [folder.of, drawn, count("killed"), count("timed out"), count("survived"), equivalent];
  return `| src/${folder.folder} | ${cells.join(" | ")} | ${scoreText(scoreOf(folder))} |`;
}

function isEquivalent({ mutant, fate }: TriedFolder["mutants"][number]): boolean {
  return fate === "survived" && reasonOf(mutant)?.isEquivalent === true;
}

function scoreOf({ mutants }: TriedFolder): Score {
  const counted = mutants.filter((one) => one.fate !== null && !isEquivalent(one));
  return { noticed: counted.filter(({ fate }) => fate !== "survived").length, all: counted.length };
}

function sum(scores: readonly Score[]): Score {
  return scores.reduce((total, { noticed, all }) => ({ noticed: total.noticed + noticed, all: total.all + all }), {
    noticed: 0,
    all: 0,
  });
}

/** `88 % (80 to 93)`. */
export function scoreText({ noticed, all }: Score): string {
  if (all === 0) return "-";
  const z = 1.96;
  const share = noticed / all;
  const middle = (share + (z * z) / (2 * all)) / (1 + (z * z) / all);
  const half = (z / (1 + (z * z) / all)) * Math.sqrt((share * (1 - share)) / all + (z * z) / (4 * all * all));
  return `${percent(share)} % (${percent(middle - half)} to ${percent(middle + half)})`;
}

function percent(share: number): number {
  return Math.round(share * 100);
}

function survivorLines(mutant: Mutant): string[] {
  const { file, line, original, replacement } = mutant;
  return [`- ${file}:${line}: \`${oneLine(original)}\` → \`${oneLine(replacement)}\`${reasonText(reasonOf(mutant))}`];
}

function reasonText(reason: Reason | undefined): string {
  if (reason === undefined) return ": not explained.";
  return `: ${reason.isEquivalent ? "equivalent; " : ""}${reason.why}`;
}

function oneLine(code: string): string {
  const line = code.replaceAll(/\s+/g, " ").replaceAll("`", "'");
  return line.length <= 70 ? line : `${line.slice(0, 34)} … ${line.slice(-34)}`;
}
