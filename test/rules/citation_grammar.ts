import { findRule } from "../../src/rules/catalogue.ts";

/**
 * What a text cites, as ids: `RULES 14 to 16, d 1; I6` is RULES 14, 15, 16, RULES d 1 and I6. A citation is the name
 * of a book and a list: numbers, ranges, sections, numbers in a section. It ends where the next word cannot belong to it.
 */
export function citationsIn(text: string): string[] {
  const line = text.replaceAll(/\s*\n[ \t]*(?:\*|\/\/)?[ \t]*/g, " "); // a citation may go on in the next line of a comment
  return [
    ...[...line.matchAll(/\bRULES(?:\.md)? (?=(.{0,200}))/g)].flatMap(([, list]) => rulesFrom(list)),
    ...[...line.matchAll(/\bBUGS (\d+(?:(?:, | and )\d+)*)\b/g)].flatMap(([, list]) => numbersIn(list).map((n) => `BUGS ${n}`)),
    ...[...line.matchAll(/\bLATENCIES (\d\.\d(?:(?:, | and )\d\.\d)*)/g)].flatMap(([, list]) =>
      numbersIn(list).map((n) => `LATENCIES ${n}`),
    ),
    ...[...line.matchAll(/\bI(\d+)(?: to I(\d+))?\b/g)].flatMap(([, first, last = first]) =>
      range(first, last).map((n) => `I${n}`),
    ),
  ];
}

function numbersIn(list: string): string[] {
  return list.match(/[\d.]+/g) ?? [];
}

const MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
/** No fraction, no day of a date. */
const NUMBER = String.raw`(\d+)(?![\d.]*\d|\w|%| ${MONTH})`;
/** `14`, `14 to 19`, `77 B`. */
const NUMBERS = new RegExp(`^${NUMBER}(?: to ${NUMBER})?(?: [AB](?![\\w]))?`);
/** `d 7`, `d 7f`, `b 8'`, `b, lock 4`. */
const IN_SECTION = /^([a-e])(?:, lock)? (\d+[a-z']?)(?!\w)/;
/** `g`, `b2`, `(e)`; a letter in prose is followed by a word. */
const SECTION = /^(?:\((b2|[a-z])\)|(b2)\b|([a-z])(?=[),;:."'`]|$| and \d| and [a-z]\b))/;
const INVARIANT = /^I\d+(?: to I\d+)?/;
const SEPARATOR = /^(?:, |; | and )/;

/** What stands behind the word RULES. */
function rulesFrom(text: string): string[] {
  const cited: string[] = [];
  let rest = text;
  let section: string | null = null; // that of the number before
  for (;;) {
    const [found] = NUMBERS.exec(rest) ?? IN_SECTION.exec(rest) ?? SECTION.exec(rest) ?? INVARIANT.exec(rest) ?? [];
    if (found === undefined) return cited;
    const [, first, last] = NUMBERS.exec(found) ?? [];
    const [, letter, number] = IN_SECTION.exec(found) ?? [];
    if (first !== undefined) cited.push(...range(first, last ?? first).map((n) => inSection(section, n) ?? `RULES ${n}`));
    else if (letter !== undefined) cited.push(`RULES ${letter} ${number}`);
    else if (!INVARIANT.test(found)) cited.push(`RULES ${found.replaceAll(/[()]/g, "")}`);
    section = letter ?? (first === undefined ? null : section);
    rest = rest.slice(found.length);
    const [separator] = SEPARATOR.exec(rest) ?? [];
    if (separator === undefined) return cited;
    rest = rest.slice(separator.length);
  }
}

/** After `d 3` a 4 is `d 4`, and a 23, since there is no such design, a rule. */
function inSection(section: string | null, number: number): string | null {
  const id = `RULES ${section} ${number}`;
  return section !== null && findRule(id) !== undefined ? id : null;
}

function range(first: string, last: string): number[] {
  return Array.from({ length: Math.max(0, Number(last) - Number(first)) + 1 }, (_, index) => Number(first) + index);
}
