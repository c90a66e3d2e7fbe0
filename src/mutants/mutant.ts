/** One small change of the sources, by which the tests are tried: do they notice? */
export interface Mutant {
  /** From the root of the sources, with slashes. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** What stands in the place of `text.slice(start, end)`. */
  readonly start: number;
  readonly end: number;
  readonly original: string;
  readonly replacement: string;
  /** Kind of the change, as Stryker calls it. */
  readonly mutator: string;
}

/** The text of its file with the change in it. */
export function applied(text: string, { start, end, original, replacement }: Mutant): string {
  if (text.slice(start, end) !== original) throw new Error(`the text is not that of which the mutant was made: ${original}`);
  return text.slice(0, start) + replacement + text.slice(end);
}
