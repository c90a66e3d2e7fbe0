import type { Column, Table } from "./comparison.ts";
import { count, shortCount } from "./numbers.ts";
import { clean, columns, shorten, reportWidth } from "./text.ts";

type Cell = Table["rows"][number][number];

/** A column as it is printed: all its cells, the heading's first. */
interface Printed {
  readonly heading: readonly [title: string, unit: string];
  readonly cells: readonly string[];
  /** Words are aligned to the left, numbers to the right. */
  readonly isWords: boolean;
}

/** Words longer than this are cut where what a row is about would leave no room for anything else. */
const LEAST_WORDS = 12;
const INDENT = 2;

/**
 * A table of a comparison in aligned columns, its headings on two lines: what, and in which unit. Never wider than a report: what
 * is too wide is printed in several parts below each other, each of which begins with the columns that say what a row is about.
 */
export function comparisonTable(table: Table): { readonly head: string[]; readonly body: string[] }[] {
  if (table.rows.length === 0) return [];
  const all = table.columns.map((column, index) =>
    printed(
      column,
      table.rows.map((row) => row[index]),
    ),
  );
  const keys = keyColumns(table);
  if (leavesRoom(all, keys)) return parts(all.slice(0, keys), all.slice(keys)).map(linesOf);
  const cut = all.map((column) => (column.isWords ? cutWords(column) : column));
  const kept = leavesRoom(cut, keys) ? keys : 1;
  return parts(cut.slice(0, kept), cut.slice(kept)).map(linesOf);
}

/** Cells of a column as text: whole numbers as they are, others to three digits, `-` for what was not measured. */
export function cellTexts(cells: readonly Cell[], unit: string): string[] {
  const isWhole = unit !== "/s" && cells.every((cell) => typeof cell !== "number" || Number.isInteger(cell));
  return cells.map((cell) => {
    if (typeof cell === "string") return cell;
    if (cell === null || !Number.isFinite(cell)) return "-";
    return isWhole ? count(cell) : measuredText(cell, unit);
  });
}

/** `0.123`, `12.3`, `1,234`: what is something is not rounded to nothing. */
function measuredText(value: number, unit: string): string {
  const size = Math.abs(value);
  if (value === 0) return "0";
  if (size >= 1e6) return shortCount(value);
  if (size >= 99.95 || unit === "/s") return size < 0.5 ? "< 1" : count(Math.round(value));
  if (size < 0.001) return "< 0.001";
  return value.toFixed(size >= 9.995 ? 1 : size >= 0.9995 ? 2 : 3);
}

function printed({ title, unit }: Column, cells: readonly Cell[]): Printed {
  const isWords = cells.some((cell) => typeof cell === "string");
  return { heading: [clean(title), clean(unit)], cells: cellTexts(cells, unit).map(clean), isWords };
}

function cutWords({ heading: [title, unit], cells }: Printed): Printed {
  return { heading: [shorten(title, LEAST_WORDS), unit], cells: cells.map((cell) => shorten(cell, LEAST_WORDS)), isWords: true };
}

/** The fewest first columns in which no two rows are alike. */
function keyColumns({ columns: all, rows }: Table): number {
  for (let keys = 1; keys < all.length; keys++) {
    if (new Set(rows.map((row) => JSON.stringify(row.slice(0, keys)))).size === rows.length) return keys;
  }
  return 1;
}

/** Beside the first columns, for each of the others. */
function leavesRoom(all: readonly Printed[], keys: number): boolean {
  return all.slice(keys).every((column) => widthOf([...all.slice(0, keys), column]) <= reportWidth());
}

/** As many of the other columns beside the keys as fit, and the rest below. */
function parts(keys: readonly Printed[], others: readonly Printed[]): Printed[][] {
  let fitting = others.length;
  while (fitting > 1 && widthOf([...keys, ...others.slice(0, fitting)]) > reportWidth()) fitting--;
  const first = [...keys, ...others.slice(0, fitting)];
  return fitting === others.length ? [first] : [first, ...parts(keys, others.slice(fitting))];
}

function columnWidth({ heading, cells }: Printed): number {
  return Math.max(...[...heading, ...cells].map(columns));
}

function widthOf(all: readonly Printed[]): number {
  return all.reduce((sum, column) => sum + INDENT + columnWidth(column), 0);
}

function linesOf(all: readonly Printed[]): { head: string[]; body: string[] } {
  const widths = all.map(columnWidth);
  const line = (cell: (column: Printed) => string) =>
    all
      .reduce((text, column, index) => {
        const padding = " ".repeat(widths[index] - columns(cell(column)));
        return `${text}${" ".repeat(INDENT)}${column.isWords ? cell(column) + padding : padding + cell(column)}`;
      }, "")
      .trimEnd();
  const units = all.some(({ heading: [, unit] }) => unit !== "") ? [line(({ heading }) => heading[1])] : [];
  return {
    head: [line(({ heading }) => heading[0]), ...units],
    body: all[0].cells.map((_, row) => line(({ cells }) => cells[row])),
  };
}
