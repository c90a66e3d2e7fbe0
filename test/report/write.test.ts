import { execFileSync } from "node:child_process";
import { closeSync, constants, existsSync, mkdtempSync, openSync, readFileSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ReportWriteError, writeReport, writeWhole } from "../../src/report/write.ts";

describe("a report and its file", () => {
  let folder = "";
  let shown = "";
  const fallback = { write: (text: string) => (shown += text) };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "report-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("is written", () => {
    const file = join(folder, "report.json");
    expect(writeReport(file, "{}\n", fallback)).toBeNull();
    expect(readFileSync(file, "utf8")).toBe("{}\n");
  });

  test.each([
    ["missing folder", () => join(folder, "none", "r.json"), "ENOENT", "there is no such folder"],
    ["a folder", () => folder, "EISDIR", "it is a folder"],
    ["a file as a folder", () => join(folder, "report.json", "r.json"), "ENOTDIR", "part of its path is not a folder"],
  ])("is not lost: %s", (_, file, code, reason) => {
    shown = "";
    const error = writeReport(file(), "{}\n", fallback);
    expect(error).toBeInstanceOf(ReportWriteError);
    expect(error).toMatchObject({ code, file: file() });
    expect(shown).toBe(`${JSON.stringify(file())}: the report cannot be written, ${reason} (${code}); here it is:\n{}\n`);
  });

  test.runIf(existsSync("/dev/full"))("is not lost: full disk", () => {
    shown = "";
    expect(writeReport("/dev/full", "{}\n", fallback)).toMatchObject({ code: "ENOSPC" });
    expect(shown).toBe('"/dev/full": the report cannot be written, no space is left on its device (ENOSPC); here it is:\n{}\n');
  });

  /** A pipe with a name that is open at both ends, of which nobody reads. */
  function pipe(name: string): { file: string; fd: number } {
    const file = join(folder, name);
    execFileSync("mkfifo", [file]);
    return { file, fd: openSync(file, constants.O_RDWR | constants.O_NONBLOCK) };
  }

  test.skipIf(process.platform === "win32")("a pipe that nobody reads does not hold the process", () => {
    const { file, fd } = pipe("full");
    expect(() => writeWhole(file, "x".repeat(300_000), 100)).toThrow(expect.objectContaining({ code: "EAGAIN" }));
    closeSync(fd);
    expect(() => writeWhole(file, "{}", 100)).toThrow(expect.objectContaining({ code: "ENXIO" }));
  });

  test.skipIf(process.platform === "win32")("a pipe gets all that fits", () => {
    const { file, fd } = pipe("wide");
    writeWhole(file, "{}\n");
    const bytes = Buffer.alloc(10);
    expect(bytes.toString("utf8", 0, readSync(fd, bytes))).toBe("{}\n");
    closeSync(fd);
  });
});
