/** One rule of the book: what must hold, what breaks otherwise, and how that is known. Plain data; all texts are plain text. */
export interface Rule {
  /** As it is cited: `RULES 62`, `RULES b 8'`, `I6`, `BUGS 31`, `LATENCIES 4.7`, `stale-access`. */
  readonly id: string;
  /** The rule in one line that can stand beside the number. */
  readonly title: string;
  /** Paragraphs, an empty line between them; one that begins with "- " is an item of a list. See {@link paragraphsOf}. */
  readonly text: string;
  /** File, commit, mail or page; who said it and when. */
  readonly source: string;
  /** How sure it is: one of MARKS, with a word on what part of the rule it is for if there are several. */
  readonly mark?: string;
  /** What the rules of one section have to say under the same headings, by heading. The same headings in all of the section. */
  readonly columns?: Readonly<Record<string, string>>;
  /** Rows of figures or facts that belong to this rule alone; the first row is the head. */
  readonly table?: readonly (readonly string[])[];
}

/** Rules that belong together. */
export interface Section {
  readonly title: string;
  /** What they have in common; as `text` of a rule. */
  readonly text: string;
  readonly rules: readonly Rule[];
}

/** A part of the book. Its opening is cited itself: `RULES b`. */
export interface Chapter {
  readonly opening: Rule;
  readonly sections: readonly Section[];
}

/** How sure a rule is. */
export const MARKS = {
  S: "read in the source or the mail named",
  R: "said by a reviewer on the list",
  A: "analysis, confirmed by nobody: where a test of ours disagrees, the test is right",
  L: "seen as the subject line of a commit only",
  M: "held to be so, not read in the source",
  P: "told in prose by the commit or the mail, without the order of steps",
  I: "inferred from what the fix changes",
} as const;

/** The paragraphs of a text, each on one line. */
export function paragraphsOf(text: string): string[] {
  return text.split(/\n\s*\n/).map((paragraph) => paragraph.replaceAll(/\s+/g, " ").trim());
}
