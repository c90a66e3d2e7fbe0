/**
 * A seeded bug: a change to the sources, as small as the mistake itself, made on their way into a bundle. The correct text
 * knows nothing of it, and what a bug is can be read as a diff.
 */
export interface Bug {
  /** As in `flush-skipped`. */
  readonly name: string;
  /** What is wrong, in one line. */
  readonly summary: string;
  /** The change; each `find` occurs exactly once in its file. */
  readonly edits: readonly Edit[];
  /** Any of these rules may be the first to object; `stuck` if nothing moves any more. */
  readonly breaks: readonly string[];
  /** Where it shows. */
  readonly driver: string;
  readonly scenario: string;
}

export interface Edit {
  /** Path from the project's root. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}
