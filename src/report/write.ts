import { writeFileSync } from "node:fs";

/** A report, or something else, that could not be written to its file. The message is one line. */
export class ReportWriteError extends Error {
  override readonly name = "ReportWriteError";
  readonly file: string;
  /** `ENOSPC`, `ENOENT`, … */
  readonly code: string;

  constructor(file: string, cause: unknown, what = "report") {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown error";
    super(`${JSON.stringify(file)}: the ${what} cannot be written, ${REASONS[code] ?? code} (${code})`, { cause });
    this.file = file;
    this.code = code;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such folder",
  ENOTDIR: "part of its path is not a folder",
  EISDIR: "it is a folder",
  EACCES: "access is denied",
  EPERM: "access is denied",
  EROFS: "its file system is read-only",
  EFBIG: "it would be larger than files may be",
  ENOSPC: "no space is left on its device",
  EDQUOT: "the disk quota is used up",
  EPIPE: "its reader has gone",
};

/**
 * Write a report to a file. If that cannot be, the report goes to `fallback` (standard error, say) with a line in front that
 * says why, so that a long run is not lost for a full disk.
 * @returns null, or what went wrong, for the exit code
 */
export function writeReport(file: string, text: string, fallback: { write(text: string): unknown }): ReportWriteError | null {
  try {
    writeFileSync(file, text);
    return null;
  } catch (cause) {
    const error = new ReportWriteError(file, cause);
    fallback.write(`${error.message}; here it is:\n${text}`);
    return error;
  }
}
