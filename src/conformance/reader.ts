import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { parseTrace, type Trace } from "./trace.ts";

/**
 * Thrown for a file that does not hold traces, or traces that make no sense. The message says in one line which, where and why.
 */
export class TraceFileError extends Error {
  override readonly name = "TraceFileError";
}

/** The traces of a file, one JSON object a line, plain or gzip-compressed. */
export function* readTraces(path: string): Generator<Trace> {
  const lines = textOf(path).split("\n");
  let count = 0;
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue;
    count++;
    yield traceOf(path, index + 1, line);
  }
  if (count === 0) throw new TraceFileError(`${path}: holds no traces; expected one JSON object a line`);
}

function textOf(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new TraceFileError(`${path}: cannot be read: ${reasonOf(error)}`, { cause: error });
  }
  const isCompressed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (!isCompressed && path.endsWith(".gz")) throw new TraceFileError(`${path}: is not gzip-compressed, in spite of its name`);
  if (!isCompressed) return bytes.toString("utf8");
  try {
    return gunzipSync(bytes).toString("utf8");
  } catch (error) {
    throw new TraceFileError(`${path}: cannot be decompressed: ${reasonOf(error)}`, { cause: error });
  }
}

function traceOf(path: string, lineNumber: number, line: string): Trace {
  try {
    return parseTrace(line);
  } catch (error) {
    throw new TraceFileError(`${path}:${lineNumber}: is not a trace: ${reasonOf(error)}`, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.replaceAll(/\s+/g, " ") : String(error);
}
