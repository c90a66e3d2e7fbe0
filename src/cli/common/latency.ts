import { InvalidArgumentError } from "commander";
import { readFileSync } from "node:fs";
import type { LatencyUs } from "../../device/latency.ts";

export const LATENCY_FORMS = "US, uniform:LOW:HIGH, log-normal:MEDIAN:P99, file:HISTOGRAM";

const MOST_US = 1e7;

/**
 * A latency as it is written on a command line, in microseconds: `40`, `uniform:20:60`, `log-normal:40:100` or `file:PATH`.
 *
 * @throws InvalidArgumentError
 */
export function latency(text: string): LatencyUs {
  const [kind, ...rest] = text.split(":");
  if (kind === "file" && rest.length > 0) return measuredLatency(rest.join(":"));
  const [first, second] = rest.map(microseconds);
  if (rest.length === 0) {
    const us = microseconds(kind);
    if (us !== null) return us;
  }
  if (rest.length === 2 && first !== null && second !== null) {
    if (kind === "uniform" && first <= second) return { kind, lowUs: first, highUs: second };
    if (kind === "log-normal" && first > 0 && first <= second) return { kind, medianUs: first, p99Us: second };
  }
  throw new InvalidArgumentError(
    `"${text}" is no latency. Allowed: ${LATENCY_FORMS}; from 0 to ${MOST_US}, the smaller number first.`,
  );
}

function microseconds(text: string): number | null {
  const value = Number(text);
  return /^\d+(\.\d+)?$/.test(text) && value <= MOST_US ? value : null;
}

/**
 * A histogram that was measured: a row for each bucket, `FROM_US COUNT`, in ascending order. The last row ends the bucket before:
 * its count is 0. Empty rows and those that begin with # say nothing.
 *
 * @throws InvalidArgumentError that names the file and the row
 */
function measuredLatency(file: string): LatencyUs {
  const fromUs: number[] = [];
  const counts: number[] = [];
  for (const [index, line] of textOf(file).split("\n").entries()) {
    const row = line.trim();
    if (row === "" || row.startsWith("#")) continue;
    const problem = addRow(row, fromUs, counts);
    if (problem !== null) throw new InvalidArgumentError(`${file}:${index + 1}: ${problem}.`);
  }
  if (fromUs.length < 2)
    throw new InvalidArgumentError(
      `${file}: ${fromUs.length} rows; a histogram needs a bucket, FROM_US COUNT, and a row that ends it, TO_US 0.`,
    );
  if (counts.pop() !== 0)
    throw new InvalidArgumentError(`${file}: the last row only ends the bucket before, its count has to be 0.`);
  if (counts.every((count) => count === 0)) throw new InvalidArgumentError(`${file}: no bucket has a count.`);
  return { kind: "measured", fromUs, counts };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new InvalidArgumentError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)}).`);
  }
}

/** What is wrong with the row; null if nothing is. */
function addRow(row: string, fromUs: number[], counts: number[]): string | null {
  const [from, count, ...more] = row.split(/\s+/);
  const us = microseconds(from);
  if (us === null || count === undefined || !/^\d+$/.test(count) || more.length > 0)
    return `"${row.slice(0, 40)}" is not FROM_US COUNT`;
  if (fromUs.length > 0 && us <= fromUs.at(-1)!) return `${from} us does not come after ${fromUs.at(-1)} us`;
  fromUs.push(us);
  counts.push(Number(count));
  return null;
}
