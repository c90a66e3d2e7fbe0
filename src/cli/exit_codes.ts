import type { StressResult } from "../report/result.ts";

/** Exit codes of all commands. */
export const EXIT_CLEAN = 0;
/** An oracle objected. */
export const EXIT_VIOLATION = 1;
/** Bad usage or input: one line on stderr says what, where, and what is allowed. */
export const EXIT_USAGE = 2;
/** Hang or deadlock. */
export const EXIT_HANG = 3;
/** Internal error: a worker died, a report could not be written. */
export const EXIT_INTERNAL = 4;
/** Ctrl-C; the report is written all the same. */
export const EXIT_INTERRUPTED = 130;

/** What a stress run ends with: the gravest of what was found. */
export function exitCodeOf(result: StressResult): number {
  if (result.internalError !== null) return EXIT_INTERNAL;
  if (result.hang !== null) return EXIT_HANG;
  if (result.verdict === "fail") return EXIT_VIOLATION;
  return result.interrupted ? EXIT_INTERRUPTED : EXIT_CLEAN;
}
