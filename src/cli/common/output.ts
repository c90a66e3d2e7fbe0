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
