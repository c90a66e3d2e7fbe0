import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { StraceError } from "./error.ts";

/** Longest log that is read, unpacked: some three million calls. */
const MAX_BYTES = 256 * 2 ** 20;
const EXPECTED = "allowed is what `strace -f -e trace=%memory -o FILE program` writes, plain or gzipped";

/** The lines of a log, plain or gzipped (told by its first bytes, not by its name). */
export function readLines(file: string): string[] {
  const bytes = readBytes(file);
  const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? unpack(file, bytes) : bytes;
  if (plain.length > MAX_BYTES) throw tooLong(file);
  if (plain.length === 0) throw new StraceError(file, 0, `the log is empty: ${EXPECTED}`);
  const lines = decode(file, plain).split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
}

function readBytes(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new StraceError(file, 0, `cannot be read (${codeOf(error)}): allowed is a readable file`);
  }
}

function unpack(file: string, bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_BYTES });
  } catch (error) {
    const code = codeOf(error);
    if (code === "ERR_BUFFER_TOO_LARGE") throw tooLong(file);
    const problem =
      code === "Z_BUF_ERROR" ? "the gzip data ends early, the file is truncated" : `the gzip data is damaged (${code})`;
    throw new StraceError(file, 0, `${problem}: ${EXPECTED}`);
  }
}

function decode(file: string, bytes: Uint8Array): string {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (!text.includes("\0")) return text;
  } catch {
    // not UTF-8: as little a log as one with NUL bytes
  }
  throw new StraceError(file, 0, `not text: ${EXPECTED}`);
}

function tooLong(file: string): StraceError {
  return new StraceError(file, 0, `the log is too long: allowed are ${MAX_BYTES / 2 ** 20} MiB unpacked`);
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
