import { count, duration, plural, size } from "../report/numbers.ts";
import type { Paint } from "../report/paint.ts";
import { columns, wrap } from "../report/text.ts";
import { isMet, ratioOf, type Figure, type Outcome, type Unit } from "./figure.ts";
import type { MachineFacts } from "./machine_facts.ts";

/** A benchmark that was run. */
export interface Section extends Outcome {
  readonly name: string;
  readonly summary: string;
}

/** Load above which other programs are likely to have disturbed the figures. */
const QUIET_LOAD = 0.5;

/** The machine, as lines to print before anything is measured. */
export function factLines({ cpu, cores, memoryBytes, system, node, load }: MachineFacts): string[] {
  return [
    ...wrap(`${cpu}, ${plural(cores, "core")}, ${size(memoryBytes)}`, "  machine  ", "           "),
    ...wrap(`Node ${node}, ${system}`, "  running  ", "           "),
    ...wrap(
      load > QUIET_LOAD ? `${load.toFixed(1)}: other programs are running, figures may be too high` : load.toFixed(1),
      "  load     ",
      "           ",
    ),
    "",
  ];
}

/** One benchmark as a table: every figure, what it is compared with, the ratio, the bar. */
export function sectionLines({ name, summary, figures, notes }: Section, paint: Paint): string[] {
  const rows = figures.map((figure) => cells(figure));
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(0, ...rows.map((row) => columns(row[column]))));
  const lines = rows.map((row, i) => {
    const line = row.map((cell, column) => pad(cell, widths[column], column === 0 || column === 2)).join("  ");
    const verdict = figures[i].bar === null ? "" : isMet(figures[i]) ? paint("good", "ok") : paint("bad", "MISSED");
    return `  ${line}  ${verdict}`.trimEnd();
  });
  return [paint("title", name), ...wrap(summary, "  "), ...lines, ...notes.flatMap((note) => wrap(note, "  ")), ""];
}

/** The last lines: every bar that was missed, by name. */
export function verdictLines(sections: readonly Section[], paint: Paint): string[] {
  const barred = sections.flatMap(({ figures }) => figures.filter(({ bar }) => bar !== null));
  const missed = missedBars(sections);
  if (missed.length === 0) return [`${paint("good", "PASS")}  ${plural(barred.length, "bar")}, none missed`];
  return [
    `${paint("bad", "FAIL")}  ${missed.length} of ${plural(barred.length, "bar")} missed:`,
    ...missed.flatMap((name) => wrap(name, "        ")),
  ];
}

/** `two-pass-scaling: two passes, 16 GPUs: 1.41, at most 1.35`, … */
export function missedBars(sections: readonly Section[]): string[] {
  return sections.flatMap(({ name, figures }) =>
    figures
      .filter((figure) => !isMet(figure))
      .map((figure) => `${name}: ${figure.name}: ${ratioText(figure)}, ${barText(figure)}`),
  );
}

/** Everything as one JSON object: ratios and verdicts beside what they were computed from. Ends in a newline. */
export function renderBenchJson(machine: MachineFacts, sections: readonly Section[]): string {
  const missed = missedBars(sections);
  const benchmarks = sections.map(({ name, summary, figures, notes }) => ({
    name,
    summary,
    figures: figures.map((figure) => ({
      ...figure,
      ratio: ratioOf(figure),
      verdict: figure.bar === null ? null : isMet(figure) ? "met" : "missed",
    })),
    notes,
  }));
  return `${JSON.stringify({ verdict: missed.length === 0 ? "pass" : "fail", missed, machine, benchmarks }, null, 2)}\n`;
}

function cells(figure: Figure): string[] {
  const { name, value, unit, against } = figure;
  const reference = against === null ? "" : `${against.name} ${quantity(against.value, unit)}`;
  return [name, quantity(value, unit), reference, ratioText(figure), barText(figure)];
}

function quantity(value: number, unit: Unit): string {
  switch (unit) {
    case "ns":
      return Math.abs(value) < 1000 ? `${Number(value.toPrecision(3))} ns` : duration(value / 1000);
    case "us":
      return duration(value);
    case "ms":
      return duration(value * 1000);
    case "bytes":
      return value < 10_000 ? `${count(Math.round(value))} B` : size(value);
    case "steps":
      return `${value.toFixed(1)} steps`;
    case "times":
      return value.toFixed(2);
  }
}

function ratioText(figure: Figure): string {
  const ratio = ratioOf(figure);
  if (ratio === null) return "";
  return Number.isFinite(ratio) ? `${ratio.toFixed(2)}x` : "not measured";
}

function barText({ bar }: Figure): string {
  if (bar === null) return "";
  return bar.kind === "within" ? `within ${100 * bar.ratio} %` : `${bar.kind} ${Number(bar.ratio.toPrecision(3))}x`;
}

function pad(cell: string, width: number, isLeft: boolean): string {
  const padding = " ".repeat(width - columns(cell));
  return isLeft ? cell + padding : padding + cell;
}
