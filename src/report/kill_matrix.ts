import { plain, type Paint } from "./paint.ts";
import { withTitle } from "./rule_text.ts";
import { wrap } from "./text.ts";

/** How soon each strategy finds each seeded bug, and that it finds nothing without one. `--json` writes it as it stands. */
export interface KillMatrix {
  readonly strategies: readonly string[];
  readonly seeds: number;
  /** Executions that each seed could take, with a bug and without. */
  readonly schedules: number;
  /** Are the ends of medians those of a 95 % interval? There is none for fewer than six seeds: then of all values. */
  readonly hasInterval: boolean;
  readonly rows: readonly KillRow[];
  /** Rows are missing. */
  readonly interrupted: boolean;
}

export interface KillRow {
  /** Null: the correct sources. */
  readonly bug: string | null;
  readonly origin: string | null;
  readonly driver: string;
  readonly scenario: string;
  /** What went wrong beside it: percentages. */
  readonly faults: Readonly<Record<string, number>>;
  readonly cells: readonly KillCell[];
}

export interface KillCell {
  readonly strategy: string;
  /** Seeds that found a failure that the bug is known to lead to; without a bug, any. */
  readonly killed: number;
  /** Schedules to that, over all seeds, and the ends of its interval; null: more than the budget. */
  readonly median: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** By seed; null if it was not found. */
  readonly counts: readonly (number | null)[];
  /** What was broken, by rule: seeds. */
  readonly rules: Readonly<Record<string, number>>;
  /** What else failed before, which the bug is not known to lead to, by rule: seeds. */
  readonly others: Readonly<Record<string, number>>;
}

const NAME_WIDTH = 31;
const CELL_WIDTH = 8;
/** Strategies that fit beside the names. */
const PER_TABLE = 6;

/** Bugs that no seed of any strategy found. */
export function survivorsOf({ rows }: KillMatrix): string[] {
  return rows.flatMap(({ bug, cells }) => (bug !== null && cells.every(({ killed }) => killed === 0) ? [bug] : []));
}

/** Correct designs in which something was found. */
export function falseAlarmsOf({ rows }: KillMatrix): string[] {
  return rows.flatMap((row) => (row.bug === null && row.cells.some(({ killed }) => killed > 0) ? [nameOf(row)] : []));
}

/** Medians of schedules to the kill, their intervals below, the correct designs, and who survived. Ends in a newline. */
export function renderKillMatrix(matrix: KillMatrix, paint: Paint = plain): string {
  const lines = wrap(legendOf(matrix));
  for (let first = 0; first < matrix.strategies.length; first += PER_TABLE) {
    lines.push("", ...tableLines(matrix, first, paint));
  }
  lines.push("", ...verdictLines(matrix));
  return `${lines.join("\n")}\n`;
}

function legendOf({ seeds, schedules, hasInterval }: KillMatrix): string {
  const interval = hasInterval ? "a 95 % interval of it" : "the smallest and largest (so few seeds have no 95 % interval)";
  return (
    `Schedules to the kill: median of ${seeds} ${seeds === 1 ? "seed" : "seeds"}, and ${interval}; ">" if ${schedules} ` +
    "schedules were not enough."
  );
}

function tableLines({ strategies, rows }: KillMatrix, first: number, paint: Paint): string[] {
  const shown = strategies.slice(first, first + PER_TABLE);
  const head = (title: string) =>
    paint("title", title.padEnd(NAME_WIDTH) + shown.map((name) => name.slice(0, CELL_WIDTH - 1).padStart(CELL_WIDTH)).join(""));
  const part = ({ cells }: KillRow) => cells.slice(first, first + PER_TABLE);
  const seeded = rows.filter(({ bug }) => bug !== null);
  const correct = rows.filter(({ bug }) => bug === null);
  const lines = [
    head("bug"),
    ...seeded.flatMap((row) => [line(nameOf(row), part(row), medianText), paint("aside", line("", part(row), intervalText))]),
  ];
  return correct.length === 0
    ? lines
    : [...lines, "", head("correct"), ...correct.map((row) => line(nameOf(row), part(row), alarmText))];
}

function line(name: string, cells: readonly KillCell[], text: (cell: KillCell) => string): string {
  return name.padEnd(NAME_WIDTH) + cells.map((cell) => text(cell).padStart(CELL_WIDTH)).join("");
}

function verdictLines(matrix: KillMatrix): string[] {
  const { rows, strategies, seeds, schedules, interrupted } = matrix;
  const seeded = rows.filter(({ bug }) => bug !== null);
  const correct = rows.length - seeded.length;
  const [survivors, alarms] = [survivorsOf(matrix), falseAlarmsOf(matrix)];
  const budget = `${strategies.length} strategies x ${seeds} seeds x ${schedules} schedules each`;
  const lines = seeded.flatMap((row) => otherLines(row));
  if (survivors.length > 0) lines.push(...wrap(`SURVIVORS: ${survivors.join(", ")}`));
  else if (seeded.length > 0) lines.push(`${seeded.length} of ${seeded.length} bugs were killed`);
  if (alarms.length > 0) lines.push(...wrap(`FALSE ALARMS: ${alarms.join(", ")}`));
  else if (correct > 0) lines.push(...wrap(`nothing was found in ${correct} of ${correct} correct configurations (${budget})`));
  if (interrupted) lines.push("interrupted: the rows that are missing were not run");
  return lines;
}

/** Failures that were not counted. */
function otherLines({ bug, cells }: KillRow): string[] {
  const others = cells.flatMap(({ strategy, others: rules }) =>
    Object.entries(rules).map(([rule, seeds]) => `${withTitle(rule)} (${strategy}, ${seeds} ${seeds === 1 ? "seed" : "seeds"})`),
  );
  return others.length === 0 ? [] : wrap(`other rule, not counted for ${bug}: ${others.join("; ")}`);
}

/** `flush-skipped`; without a bug `two-pass in unmap`. */
function nameOf({ bug, driver, scenario, faults }: KillRow): string {
  return bug ?? `${driver} in ${scenario}${Object.keys(faults).length === 0 ? "" : " with faults"}`;
}

function medianText({ median }: KillCell): string {
  return bound(median);
}

function intervalText({ low, high }: KillCell): string {
  return `${bound(low)}-${bound(high)}`;
}

function alarmText({ killed }: KillCell): string {
  return killed === 0 ? "none" : `FOUND ${killed}`;
}

/** Short enough for a cell: `12`, `3.4k`, `>`. */
function bound(value: number | null): string {
  if (value === null) return ">";
  return value < 1000 ? String(value) : `${(value / 1000).toFixed(value < 10_000 ? 1 : 0)}k`;
}
