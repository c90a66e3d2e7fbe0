import { columns, reportWidth } from "./text.ts";

/** Arguments as a POSIX shell reads them back. */
export function quoteCommand(args: readonly string[]): string {
  return args.map((arg) => (/^[\w@%+=:,./-]+$/u.test(arg) ? arg : `'${arg.replaceAll("'", String.raw`'\''`)}'`)).join(" ");
}

/**
 * A quoted command line on several lines that a shell still reads as one. An option stays beside its value where both fit a
 * line; a word that does not is broken where the shell joins it again.
 */
export function wrapCommand(command: string, first: string, rest: string): string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  const append = (text: string) => {
    if (!isEmpty && columns(line) + 1 + columns(text) > reportWidth() - 2) {
      lines.push(`${line} \\`);
      line = rest;
      isEmpty = true;
    }
    line += isEmpty ? text : ` ${text}`;
    isEmpty = false;
    while (columns(line) > reportWidth() - 2) {
      const { head, tail } = breakWord(line);
      lines.push(head);
      line = tail;
    }
  };
  for (const group of options(words(command))) {
    const text = group.join(" ");
    for (const part of columns(rest) + columns(text) <= reportWidth() - 2 ? [text] : group) append(part);
  }
  return [...lines, line];
}

/** Words of a quoted command line; a space between single quotes belongs to the word. */
function words(command: string): string[] {
  return command.match(/(?:'[^']*'|\\.|[^\s'\\]|['\\])+/gsu) ?? [];
}

/** Each option with its value, all other words alone. */
function options(all: readonly string[]): string[][] {
  const groups: string[][] = [];
  for (const word of all) {
    const last = groups.at(-1);
    if (last?.length === 1 && /^--./u.test(last[0]) && !word.startsWith("-")) last.push(word);
    else groups.push([word]);
  }
  return groups;
}

/** Break a line within a word: the shell drops a backslash before a line end, except between quotes, which are closed first. */
function breakWord(line: string): { head: string; tail: string } {
  let head = "";
  let isQuoted = false;
  for (const part of line.match(/\\.|./gsu)!) {
    if (columns(head) + columns(part) > reportWidth() - 4) break;
    // Between quotes a backslash is itself, and what follows it is looked at again.
    for (const char of isQuoted ? part : part.slice(0, 1)) if (char === "'") isQuoted = !isQuoted;
    head += part;
  }
  const quote = isQuoted ? "'" : "";
  return { head: `${head}${quote}\\`, tail: quote + line.slice(head.length) };
}
