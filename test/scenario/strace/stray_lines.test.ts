import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseStrace, readStrace } from "../../../src/scenario/strace/reader.ts";

const FIELD = join(import.meta.dirname, "../../fixtures/field");
const MUNMAP = "munmap(0x7f0000001000, 4096) = 0";

describe("logs as users have them", () => {
  test.each([
    ["07-detached", { calls: 2, unanswered: 1, skipped: null }],
    ["09-undecoded-call-at-exit", { calls: 1, unanswered: 3, skipped: null }],
    ["11-truncated-last-line", { calls: 2, unanswered: 0, skipped: { lines: 1, line: 3 } }],
    ["13-program-output-mixed-in", { calls: 4, unanswered: 0, skipped: { lines: 3, line: 4 } }],
    ["27-old-remarks", { calls: 4, unanswered: 0, skipped: null }],
    ["29-indented", { calls: 2, unanswered: 0, skipped: null }],
    ["35-tabs", { calls: 2, unanswered: 0, skipped: null }],
    ["39-debug-noise", { calls: 2, unanswered: 0, skipped: null }],
  ])("%s", (name, expected) => {
    const { ops, unanswered, skipped } = readStrace(join(FIELD, `${name}.strace`));
    const first = skipped === null ? null : { lines: skipped.lines, line: Number(/\.strace:(\d+):/.exec(skipped.first)![1]) };
    expect({ calls: ops.length, unanswered, skipped: first }).toEqual(expected);
  });

  test("37-descriptors-with-odd-paths", () => {
    const { ops, failed } = readStrace(join(FIELD, "37-descriptors-with-odd-paths.strace"));
    expect(ops).toHaveLength(7);
    expect([...failed]).toEqual([["mmap ENODEV", 1]]);
  });
});

describe("what stands around a line", () => {
  test.each([
    ["colours", `\u001B[32m${MUNMAP}\u001B[0m`],
    ["indentation before a pid column", `\t21103 ${MUNMAP}`],
    ["docker compose", `web-1  | [pid 21103] ${MUNMAP}`],
    ["docker logs -t", `2026-11-30T12:00:00.123456789Z 21103 ${MUNMAP}`],
    ["a pod's log", `2026-11-30T12:00:00.123456789+01:00 stderr F [pid 21103] ${MUNMAP}`],
    ["syslog", `Nov 30 12:00:00 host strace[7]: [pid 21103] ${MUNMAP}`],
    ["syslog with a newer date", `2026-11-30T12:00:00.123456+01:00 host strace[7]: [pid 21103] ${MUNMAP}`],
  ])("%s", (_what, line) => {
    const { ops, skipped } = parseStrace("log", [line]);
    expect({ calls: ops.length, skipped }).toEqual({ calls: 1, skipped: null });
  });

  test.each([
    ["an older remark", "Process 4711 suspended"],
    ["the head of -c", "% time     seconds  usecs/call     calls    errors syscall"],
    ["its rule", "------ ----------- ----------- --------- --------- ----------------"],
    ["a row", " 44.44    0.000123          12        10         2 mmap"],
    ["a row without errors", " 55.56    0.000154          15        10           munmap"],
    ["its sum", "100.00    0.000277                    20         2 total"],
  ])("%s is strace's own", (_what, line) => {
    expect(parseStrace("log", [MUNMAP, line]).skipped).toBeNull();
  });

  test("a path that looks like a remark is none", () => {
    const open = 'openat(AT_FDCWD, "strace: Process 2 attached", O_RDONLY) = 3';
    expect(parseStrace("log", [open, MUNMAP]).skipped).toBeNull();
  });
});
