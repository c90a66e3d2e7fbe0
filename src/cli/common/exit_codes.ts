import type { StressResult } from "../../report/result.ts";

/** Exit codes of all commands. */
export const EXIT_CLEAN = 0;
/** An oracle objected, or a hunt found something else than a hang. */
export const EXIT_VIOLATION = 1;
/** Bad usage or input: one line on stderr says what, where, and what is allowed. */
export const EXIT_USAGE = 2;
/** Hang, deadlock, livelock, lost wake-up. */
export const EXIT_HANG = 3;
/** Internal error: a worker died, a report could not be written. */
export const EXIT_INTERNAL = 4;
/** A replay did not go as it was recorded: the sources are no longer the same. */
export const EXIT_DIVERGED = 5;
/** The oracles did not see all that happened, and nothing else is to be said against it. */
export const EXIT_NOT_CHECKED = 6;
/** A hunt found nothing, but its time ended before all configurations were come to. */
export const EXIT_PARTIAL = 7;
/** Ctrl-C; the report is written all the same. */
export const EXIT_INTERRUPTED = 130;

/** What a stress run ends with: the gravest of what was found. */
export function exitCodeOf(result: StressResult): number {
  if (result.internalError !== null) return EXIT_INTERNAL;
  if (result.hang !== null) return EXIT_HANG;
  if (result.verdict === "fail") return EXIT_VIOLATION;
  if (result.interrupted) return EXIT_INTERRUPTED;
  return result.verdict === "not checked" ? EXIT_NOT_CHECKED : EXIT_CLEAN;
}

/** Failures in which nobody gets on. */
const HANGS = new Set(["deadlock", "partial-deadlock", "lost-wakeup", "livelock"]);

/** What a failure that was found, or met again, ends with. */
export function exitCodeOfKind(kind: string): number {
  return HANGS.has(kind) ? EXIT_HANG : EXIT_VIOLATION;
}

interface HuntEnding {
  readonly findings: readonly { readonly failure: { readonly kind: string } }[];
  readonly verdict: string;
}

/** What a hunt ends with: the gravest of what was found. */
export function exitCodeOfHunt({ findings, verdict }: HuntEnding): number {
  if (verdict === "stopped-early") return EXIT_INTERRUPTED;
  if (verdict === "partial") return EXIT_PARTIAL;
  return Math.max(EXIT_CLEAN, ...findings.map(({ failure }) => exitCodeOfKind(failure.kind)));
}
