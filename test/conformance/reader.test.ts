import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readTraces } from "../../src/conformance/reader.ts";

const GOOD = `{"n":"one","g":"basic","f":[],"t":1,"m":1,"N":[[1],[2,3]],"K":["SE"],"s":[{"t":0,"o":"rb","i":1,"x":1}]}`;

describe("reader of traces", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "traces-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function file(name: string, content: string | Buffer): string {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  }

  it("reads plain and compressed files, whatever they are called", () => {
    for (const path of [
      file("a.jsonl", `${GOOD}\n\n${GOOD}\n`),
      file("b.jsonl.gz", gzipSync(`${GOOD}\n${GOOD}`)),
      file("c", gzipSync(`${GOOD}\n${GOOD}`)),
    ]) {
      expect([...readTraces(path)].map(({ n, N }) => ({ n, N }))).toEqual([
        { n: "one", N: [[1], [2, 3]] },
        { n: "one", N: [[1], [2, 3]] },
      ]);
    }
  });

  it.each([
    ["no JSON", `${GOOD}\n\n{"n":`, /:3: is not a trace: /],
    ["no object", `${GOOD}\n[]`, /:2: is not a trace: /],
    ["no name", `{"t":1}`, /:1: is not a trace: n: /],
    ["an unknown operation", GOOD.replace(`"rb"`, `"zz"`), /:1: is not a trace: s\.0\.o: .*"zz"/],
    [
      "a notifier that is not defined",
      GOOD.replace(`"i":1`, `"i":3`),
      /:1: is not a trace: s\.0: there is no interval notifier 3/,
    ],
    ["a task that is not defined", GOOD.replace(`"t":0`, `"t":1`), /:1: is not a trace: s\.0: there is no task 1/],
    ["an mm that is not defined", GOOD.replace(`"i":1`, `"i":1,"m":1`), /:1: is not a trace: s\.0: there is no mm 1/],
    ["a number that is none", GOOD.replace(`"i":1`, `"i":1,"a":"ULONG_MIN"`), /:1: is not a trace: s\.0\.a: /],
    ["nothing", "\n\n", /holds no traces/],
  ])("says in one line where the fault is: %s", (name, content, message) => {
    expect(() => [...readTraces(file(`${name}.jsonl`, content))]).toThrow(message);
    expect(() => [...readTraces(file(`${name}.jsonl`, content))]).toThrow(/^[^\n]*$/);
  });

  it("tells a missing file, a folder, and what is not compressed or cut off", () => {
    expect(() => [...readTraces(join(folder, "missing"))]).toThrow(/missing: cannot be read: ENOENT/);
    expect(() => [...readTraces(folder)]).toThrow(/cannot be read: EISDIR/);
    expect(() => [...readTraces(file("plain.gz", GOOD))]).toThrow(/plain\.gz: is not gzip-compressed/);
    expect(() => [...readTraces(file("cut.gz", gzipSync(GOOD).subarray(0, 40)))]).toThrow(/cut\.gz: cannot be decompressed/);
  });
});
