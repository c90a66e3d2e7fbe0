import { closeSync, constants, openSync, writeSync } from "node:fs";

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
  ENXIO: "nobody reads it",
  EAGAIN: "its reader does not read on",
};

const { O_CREAT, O_NONBLOCK, O_TRUNC, O_WRONLY } = constants;

/** How long the reader of a pipe may take nothing, or not be there. */
const PATIENCE_MS = 60_000;
const PAUSE_MS = 20;
const nobody = new Int32Array(new SharedArrayBuffer(4));

/** As writeFileSync, but a pipe that nobody reads does not hold the process: it is an error. */
export function writeWhole(file: string, text: string, patienceMs = PATIENCE_MS): void {
  const bytes = Buffer.from(text);
  const fd = patiently(() => openSync(file, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK, 0o666), patienceMs);
  try {
    for (let at = 0; at < bytes.length;) at += patiently(() => writeSync(fd, bytes, at), patienceMs);
  } finally {
    closeSync(fd);
  }
}

function patiently<T>(act: () => T, patienceMs: number): T {
  for (let waitedMs = 0; ; waitedMs += PAUSE_MS) {
    try {
      return act();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if ((code !== "EAGAIN" && code !== "ENXIO") || waitedMs >= patienceMs) throw error;
    }
    Atomics.wait(nobody, 0, 0, PAUSE_MS);
  }
}

/**
 * Write a report to a file. If that cannot be, the report goes to `fallback` (standard error, say) with a line in front that
 * says why, so that a long run is not lost for a full disk.
 * @returns null, or what went wrong, for the exit code
 */
export function writeReport(file: string, text: string, fallback: { write(text: string): unknown }): ReportWriteError | null {
  try {
    writeWhole(file, text);
    return null;
  } catch (cause) {
    const error = new ReportWriteError(file, cause);
    fallback.write(`${error.message}; here it is:\n${text}`);
    return error;
  }
}
