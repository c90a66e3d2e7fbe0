/** Of what is no terminal, in columns, and the least and the most that are made use of of one. */
const USUAL_COLUMNS = 80;
const LEAST_COLUMNS = 60;
const MOST_COLUMNS = 100;

let reportColumns = USUAL_COLUMNS;

/** Widest line of any report, in columns. */
export function reportWidth(): number {
  return reportColumns;
}

/** Let reports be as wide as this stream, if it is a terminal: a process writes to one. */
export function fitReportsTo({ isTTY, columns: width }: { readonly isTTY?: boolean; readonly columns?: number }): void {
  const isKnown = isTTY === true && width !== undefined && width > 0;
  reportColumns = isKnown ? Math.min(Math.max(width, LEAST_COLUMNS), MOST_COLUMNS) : USUAL_COLUMNS;
}

/**
 * Upper bound of the columns that `text` takes on a terminal: what may be wide counts as two, and what combines with the
 * character before it as one.
 */
export function columns(text: string): number {
  let sum = 0;
  for (const char of text) sum += char.codePointAt(0)! < 0x1100 ? 1 : 2;
  return sum;
}

/** Control and formatting characters escaped, so that a name or a message cannot move the cursor. Tabs become spaces. */
export function clean(text: string): string {
  return text
    .replaceAll("\t", "  ")
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (c) => `\\u{${c.codePointAt(0)!.toString(16)}}`);
}

/**
 * `text` in lines of at most `width` columns, broken at spaces where there are any: the first begins with `first`, the others
 * with `rest`, both at most half as wide. Line ends in the text are kept.
 */
export function wrap(text: string, first = "", rest = first, width = reportWidth()): string[] {
  const lines: string[] = [];
  for (const line of text.split("\n")) {
    let left = clean(line);
    do {
      const prefix = lines.length === 0 ? first : rest;
      const cut = breakPoint(left, width - columns(prefix));
      lines.push((prefix + left.slice(0, cut)).trimEnd());
      left = left.slice(cut).trimStart();
    } while (left !== "");
  }
  return lines;
}

/** Where to break `text` so that what is before takes at most `width` columns: after a space, or else anywhere. */
function breakPoint(text: string, width: number): number {
  let taken = 0;
  let index = 0;
  let afterSpace = 0;
  for (const char of text) {
    taken += columns(char);
    if (taken > width && char !== " ") return text.slice(0, afterSpace).trim() === "" ? index : afterSpace;
    index += char.length;
    if (char === " ") afterSpace = index;
  }
  return text.length;
}

/** `text` cut to `width` columns. */
export function shorten(text: string, width: number): string {
  const line = clean(text);
  if (columns(line) <= width) return line;
  let kept = "";
  for (const char of line) {
    if (columns(kept) + columns(char) > width - 3) break;
    kept += char;
  }
  return `${kept}...`;
}

/** Of a driver or scenario: its name, or that of its module's file. */
export function fileName(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

/** Rows of cells, two spaces apart and indented by two: the first column to the left, the others to the right. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => columns(row[column]))));
  return rows.map((row) =>
    row
      .reduce((line, cell, column) => {
        const padding = " ".repeat(widths[column] - columns(cell));
        return `${line}  ${column === 0 ? cell + padding : padding + cell}`;
      }, "")
      .trimEnd(),
  );
}
