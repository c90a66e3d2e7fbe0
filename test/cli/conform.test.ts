import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { conformMain } from "../../src/cli/conform.ts";

const GOOD = `{"n":"good","t":1,"m":1,"N":[[1]],"K":[],"s":[{"t":0,"o":"ii","i":1,"a":4096,"l":4096,"x":0,"d":{"X":1,"E":1,"S":2,"T":[0,0,1],"C":2},"Q":{"1":[1]}}]}`;
const BAD = GOOD.replace("good", "bad").replace(`"S":2`, `"S":4`);

describe("conform command", () => {
  let folder: string;
  let out: string;
  let err: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "conform-"));
    out = "";
    err = "";
    vi.spyOn(process.stdout, "write").mockImplementation((text) => ((out += String(text)), true));
    vi.spyOn(process.stderr, "write").mockImplementation((text) => ((err += String(text)), true));
  });
  afterEach(() => {
    vi.restoreAllMocks();
    rmSync(folder, { recursive: true });
  });

  function run(...args: string[]): Promise<number> {
    return conformMain(["node", "conform.ts", ...args]);
  }

  function file(...lines: string[]): string {
    const path = join(folder, `${lines.length}-${lines[0].length}.jsonl`);
    writeFileSync(path, lines.join("\n"));
    return path;
  }

  it("counts traces that agree, over all files", async () => {
    expect(await run(file(GOOD, GOOD), file(GOOD))).toBe(0);
    expect(out).toBe("3 passed, 0 failed\n");
  });

  it("shows the first difference and names the other traces that failed", async () => {
    expect(await run(file(BAD, GOOD, BAD.replace("bad", "worse")))).toBe(1);
    expect(out).toBe(
      [
        "bad: step 1: ii task 0 i=1 a=4096 l=4096",
        "  S (invalidate_seq) of mm 0",
        "    recorded 4",
        "    ours     2",
        "",
        "also failed: worse (step 1)",
        "",
        "1 passed, 2 failed",
        "",
      ].join("\n"),
    );
  });

  it("tells bad usage from bad input, each in one line", async () => {
    expect(await run()).toBe(2);
    expect(err).toBe("error: missing required argument 'file'\n");
    err = "";
    expect(await run("--bogus", "x")).toBe(2);
    expect(err).toBe("error: unknown option '--bogus'\n");
    err = "";
    expect(await run(join(folder, "none.jsonl"))).toBe(2);
    expect(err).toMatch(/^.*none\.jsonl: cannot be read: ENOENT[^\n]*\n$/);
    err = "";
    expect(await run(file(GOOD, "{"))).toBe(2);
    expect(err).toMatch(/^.*\.jsonl:2: is not a trace: [^\n]*\n$/);
    expect(out).toBe("");
  });

  it("calls a trace that makes no sense bad input", async () => {
    expect(await run(file(GOOD.replace(`"ii","i":1`, `"re","r":7`)))).toBe(2);
    expect(err).toBe("good: step 1: range 7 was not started\n");
  });

  it("stops at an interrupt and says how far it came", async () => {
    const running = run(file(GOOD, GOOD, GOOD));
    process.emit("SIGINT", "SIGINT");
    expect(await running).toBe(130);
    expect(out).toBe("interrupted, 2 traces not replayed\n1 passed, 0 failed\n");
  });

  it("teaches with --help", async () => {
    expect(await run("--help")).toBe(0);
    expect(out).toContain("Exit codes: 0 all passed, 1 some failed, 2 bad usage or input");
  });
});
