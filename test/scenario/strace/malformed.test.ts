import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { StraceError } from "../../../src/scenario/strace/error.ts";
import { parseStrace, readStrace } from "../../../src/scenario/strace/reader.ts";

const GOOD = "1 munmap(0x1000, 4096) = 0";

describe("a line that is not understood is left out, and named by number, in one line that says what is allowed", () => {
  test.each([
    ["hello", 'log:2: not a line of strace, "hello": allowed is "[pid] [time] call(arguments) = result"'],
    ["1 munmap(0x1000, 40", 'log:2: not a line of strace, "1 munmap(0x1000, 40": allowed is'],
    ["1 munmap(0x1000, 40strace: Process 2 attached", 'log:2: not a line of strace, "1 munmap(0x1000, 40": allowed is'],
    ["1 munmap(0x1000, 4096) =", "log:2: not a line of strace"],
    ["1 munmap(0x1000, abc) = 0", 'log:2: length "abc" in munmap: allowed is a number'],
    ["1 munmap(0x1000) = 0", "log:2: no length in munmap: allowed is a number"],
    ["1 munmap(0x1000, 4096) = zero", 'log:2: result "zero" of munmap: allowed are a number, "-1 ERROR (text)" and "?"'],
    ["1 munmap(0x1000, 4096) = -1", 'log:2: result "-1" of munmap'],
    [
      "1 mprotect(0x1000, 4096, PROT_FROB) = 0",
      'log:2: protection "PROT_FROB" in mprotect: allowed is names such as PROT_NONE, PROT_READ, PROT_WRITE, or a number',
    ],
    ["1 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_FROB, -1, 0) = 0x1000", 'log:2: flags "MAP_PRIVATE|MAP_FROB" in mmap'],
    ["1 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE) = 0x1000", "log:2: no offset in mmap"],
    ["1 madvise(0x1000, 4096) = 0", "log:2: no advice in madvise"],
    ["1 mremap(0x1000, 4096, 8192, MREMAP_MAYMOVE|MREMAP_FIXED) = 0x2000", "log:2: no new address in mremap"],
    ["1 munmap(0x1fffffffffff000, 8192) = 0", "log:2: munmap of 0x1fffffffffff000, 8192 bytes: allowed are addresses of 57 bits"],
    [
      "1 mmap(NULL, 1, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0xffff000000000000",
      "log:2: mmap of 0xffff000000000000, 1 bytes: allowed are addresses of",
    ],
    [
      "1 <... munmap resumed>) = 0",
      'log:2: the end of a call whose beginning is missing, "1 <... munmap resumed>) = 0": allowed is one that is <unfinished',
    ],
    ["\u0007", String.raw`log:2: not a line of strace, "\u0007"`],
  ])("%s", (line, message) => {
    const { ops, skipped } = parseStrace("log", [GOOD, line, GOOD]);
    expect(ops).toHaveLength(2);
    expect(skipped).toMatchObject({ lines: 1 });
    expect(skipped!.first).toContain(message);
    expect(skipped!.first).not.toMatch(/[\n\p{Cc}]/u);
  });

  test("a log of which most is not understood is refused, for the first line's sake", () => {
    expect(parseStrace("log", [GOOD, "hello"]).ops).toHaveLength(1);
    const error = errorOf(() => parseStrace("log", ["hello", GOOD, "world"]));
    expect(error).toMatchObject({ file: "log", line: 1 });
    expect(error.message).toContain('not a line of strace, "hello"');
    expect(errorOf(() => parseStrace("log", ["1 munmap(0x1000) = 0"])).message).toContain("log:1: no length in munmap");
  });

  test("a call whose end is lost has no answer", () => {
    const { ops, unanswered, skipped } = parseStrace("log", ["1 munmap(0x1000, 4096 <unfinished ...>", GOOD]);
    expect({ calls: ops.length, unanswered, skipped }).toEqual({ calls: 1, unanswered: 1, skipped: null });
  });

  test("long lines are shortened", () => {
    expect(errorOf(() => parseStrace("log", ["x".repeat(10_000)])).message.length).toBeLessThan(200);
  });
});

describe("files", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "strace-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function file(name: string, content: string | Uint8Array): string {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  }

  test("plain and gzipped are told by content, not by name", () => {
    const plain = readStrace(file("plain.gz", `${GOOD}\r\n${GOOD}`));
    const packed = readStrace(file("packed.log", gzipSync(`${GOOD}\n${GOOD}\n`)));
    expect(packed.ops).toStrictEqual(plain.ops);
    expect(packed.lines).toBe(2);
  });

  test.each<[string, string | Uint8Array, string]>([
    ["empty", "", "the log is empty: allowed is"],
    ["empty, gzipped", gzipSync(""), "the log is empty: allowed is"],
    ["blank", "\n\n", "the log shows no call to replay: allowed is"],
    ["without calls", "1 +++ exited with 0 +++\n", "the log shows no call to replay: allowed is"],
    [
      "truncated gzip",
      gzipSync(`${GOOD}\n`.repeat(1000)).subarray(0, 50),
      "the gzip data ends early, the file is truncated: allowed is",
    ],
    ["damaged gzip", gzipSync(GOOD).fill(0xff, 10, 20), "the gzip data is damaged (Z_DATA_ERROR): allowed is"],
    ["binary", Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0, 0, 1), "not text: allowed is"],
    ["not UTF-8", Uint8Array.of(0x31, 0xff, 0xfe), "not text: allowed is"],
  ])("%s", (name, content, problem) => {
    const path = file(name, content);
    const error = errorOf(() => readStrace(path));
    expect(error.message).toContain(`${path}: ${problem}`);
    expect(error.line).toBe(0);
  });

  test("missing file and folder", () => {
    expect(errorOf(() => readStrace(join(folder, "none"))).message).toContain(
      "none: cannot be read (ENOENT): allowed is a readable file",
    );
    expect(errorOf(() => readStrace(folder)).message).toContain("cannot be read (EISDIR)");
  });
});

test("whatever the lines, the reader returns or throws a StraceError of one line", () => {
  const fragment = fc.constantFrom(
    "1 ",
    "[pid 2] ",
    "12:00:00 ",
    "1.5 ",
    "mmap(",
    "munmap(",
    "brk(",
    "NULL",
    "0x1000",
    ", ",
    "4096",
    ")",
    " = ",
    "0",
    "?",
    "-1 ",
    "ENOMEM ",
    "PROT_READ",
    "MAP_PRIVATE",
    "|",
    " <unfinished ...>",
    "<... ",
    "munmap resumed>",
    "+++ exited with 0 +++",
    "---",
    "\u0007",
    "strace: Process 3 attached",
  );
  const line = fc.oneof(
    fc.array(fragment, { maxLength: 14 }).map((parts) => parts.join("")),
    fc.string({ unit: "binary" }),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
      let message = "log: none: allowed is this";
      try {
        parseStrace("log", [GOOD, ...lines]);
      } catch (error) {
        message = error instanceof StraceError ? error.message : `not a StraceError: ${String(error)}`;
      }
      expect(message).toMatch(/^log(?::\d+)?: [^\n]*: allowed [^\n]*$/u);
    }),
    { numRuns: 1500 },
  );
});

function errorOf(run: () => unknown): StraceError {
  try {
    run();
  } catch (error) {
    if (error instanceof StraceError) return error;
    throw error;
  }
  throw new Error("no StraceError was thrown");
}
