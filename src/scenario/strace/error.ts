/**
 * A log that cannot be replayed. The message is one line, `FILE:LINE: what was wrong: what is allowed`, without `:LINE`
 * where the whole file is at fault.
 */
export class StraceError extends Error {
  override readonly name = "StraceError";
  readonly file: string;
  /** From 1; 0: the file as a whole. */
  readonly line: number;

  constructor(file: string, line: number, problem: string) {
    super(`${printable(file)}${line > 0 ? `:${line}` : ""}: ${printable(problem)}`);
    this.file = file;
    this.line = line;
  }
}

/** At most this much of a line is quoted. */
const QUOTED = 60;

/** What the log says, shortened, for a message. */
export function quote(text: string): string {
  return JSON.stringify(text.length > QUOTED ? `${text.slice(0, QUOTED)}...` : text);
}

/** Control characters escaped: a message stays one line, and a log cannot talk to the terminal. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (c) => `\\x${c.codePointAt(0)!.toString(16).padStart(2, "0")}`);
}
