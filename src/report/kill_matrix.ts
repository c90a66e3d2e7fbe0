import { plain, type Paint } from "./paint.ts";
import { wrap } from "./text.ts";

/** How soon each strategy finds each seeded bug. `--json` writes it as it stands. */
export interface KillMatrix {
  readonly strategies: readonly string[];
  readonly seeds: number;
  /** Executions that each seed could take. */
  readonly schedules: number;
  readonly rows: readonly KillRow[];
  /** Correct designs in which the portfolio found something, all seeds together with the schedules of one; null if they were not run. */
  readonly alarms: readonly string[] | null;
  readonly interrupted: boolean;
}

export interface KillRow {
  readonly bug: string;
  readonly origin: string;
  readonly driver: string;
  readonly scenario: string;
  readonly cells: readonly KillCell[];
}

export interface KillCell {
  readonly strategy: string;
  /** Seeds that found it. */
  readonly killed: number;
  /** Schedules to the kill, over all seeds, with a 95 % interval; null: more than the budget. */
  readonly median: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** By seed; null if it was not found. */
  readonly counts: readonly (number | null)[];
}

const NAME_WIDTH = 31;
const CELL_WIDTH = 8;
/** Strategies that fit beside the names. */
const PER_TABLE = 6;

/** Bugs that no seed of any strategy found. */
export function survivorsOf({ rows }: KillMatrix): string[] {
  return rows.filter(({ cells }) => cells.every(({ killed }) => killed === 0)).map(({ bug }) => bug);
}

/** Medians of schedules to the kill, their intervals below, and who survived. Ends in a newline. */
export function renderKillMatrix(matrix: KillMatrix, paint: Paint = plain): string {
  const { strategies, seeds, schedules, alarms } = matrix;
  const lines = wrap(`Schedules to the kill: median of ${seeds} seeds, and a 95 % interval of it; ">" if ${schedules} schedules were not enough.`);
  for (let first = 0; first < strategies.length; first += PER_TABLE) {
    lines.push("", ...tableLines(matrix, first, paint));
  }
  const survivors = survivorsOf(matrix);
  lines.push("", ...wrap(survivors.length === 0 ? `all ${matrix.rows.length} bugs${matrix.interrupted ? " that were run" : ""} were killed` : `survivors: ${survivors.join(", ")}`));
  if (alarms !== null) lines.push(...wrap(alarms.length === 0 ? "nothing was found in the correct designs (portfolio, all seeds together as many schedules as one seed of a cell)" : `FALSE ALARMS: ${alarms.join(", ")}`));
  if (matrix.interrupted) lines.push("interrupted: the rows that are missing were not run");
  return `${lines.join("\n")}\n`;
}

function tableLines({ strategies, rows }: KillMatrix, first: number, paint: Paint): string[] {
  const shown = strategies.slice(first, first + PER_TABLE);
  const head = " ".repeat(NAME_WIDTH) + shown.map((name) => name.slice(0, CELL_WIDTH - 1).padStart(CELL_WIDTH)).join("");
  return [paint("title", head), ...rows.flatMap(({ bug, cells }) => {
    const part = cells.slice(first, first + PER_TABLE);
    return [
      bug.padEnd(NAME_WIDTH) + part.map(({ median }) => bound(median).padStart(CELL_WIDTH)).join(""),
      paint("aside", " ".repeat(NAME_WIDTH) + part.map(({ low, high }) => `${bound(low)}-${bound(high)}`.padStart(CELL_WIDTH)).join("")),
    ];
  })];
}

/** Short enough for a cell: `12`, `3.4k`, `>`. */
function bound(value: number | null): string {
  if (value === null) return ">";
  return value < 1000 ? String(value) : `${(value / 1000).toFixed(value < 10_000 ? 1 : 0)}k`;
}
