import { setTimeout } from "node:timers/promises";
import { ReportWriteError } from "../../report/write.ts";
import { EXIT_INTERNAL } from "./exit_codes.ts";

const GUARDS = [
  [process.stdout, guardOf("standard output")],
  [process.stderr, guardOf("standard error")],
] as const;

/**
 * Go on when standard output or standard error cannot be written any more: what was found may still go to files. A reader that
 * has gone (`… | head`) has seen enough; for anything else (a full disk) there is a line, and the process ends with
 * EXIT_INTERNAL.
 */
export function guardOutput(): void {
  for (const [stream, guard] of GUARDS) stream.off("error", guard).on("error", guard);
}

/** How long a reader may take nothing. */
const PATIENCE_MS = 60_000;
const LOOK_MS = 20;

/** Wait until all that was printed has been taken; false if nothing was for so long that nobody seems to read. */
export async function isOutputRead(patienceMs = PATIENCE_MS): Promise<boolean> {
  let left = unread();
  for (let waitedMs = 0; left > 0; waitedMs += LOOK_MS) {
    if (waitedMs >= patienceMs) return false;
    await setTimeout(LOOK_MS);
    const before = left;
    left = unread();
    if (left < before) waitedMs = 0;
  }
  return true;
}

function unread(): number {
  return GUARDS.reduce((sum, [stream]) => sum + (stream.errored === null ? stream.writableLength : 0), 0);
}

function guardOf(name: string): (error: NodeJS.ErrnoException) => void {
  let isLost = false;
  return (error) => {
    if (isLost || error.code === "EPIPE") return;
    isLost = true;
    process.stderr.write(`${new ReportWriteError(name, error).message}\n`);
    process.once("exit", () => {
      process.exitCode = EXIT_INTERNAL;
    });
  };
}
