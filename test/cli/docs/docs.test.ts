import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { docsMain } from "../../../src/cli/docs/docs.ts";
import { pageWithRegions } from "../../../src/cli/docs/generated_page.ts";

describe("docs command", () => {
  let folder: string;
  let out: string;
  let err: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "docs-"));
    out = "";
    err = "";
    vi.spyOn(process.stdout, "write").mockImplementation((text) => ((out += String(text)), true));
    vi.spyOn(process.stderr, "write").mockImplementation((text) => ((err += String(text)), true));
  });
  afterEach(() => {
    vi.restoreAllMocks();
    rmSync(folder, { recursive: true });
  });

  const run = (page: string, words: string, ...args: string[]) =>
    docsMain(
      ["node", "docs.ts", ...args],
      [{ path: page, render: () => words }, pageWithRegions(join(folder, "part.md"), { list: () => words })],
    );
  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  const part = (words: string) => `# By hand\n\n<!-- generated: list -->\n\n${words}\n\n<!-- end -->\n\nBy hand again.\n`;

  it("makes pages, and the generated regions of others, and then finds nothing stale", async () => {
    const page = join(folder, "whole.md");
    writeFileSync(join(folder, "part.md"), part("old"));
    expect(await run(page, "new")).toBe(0);
    expect([read("whole.md"), read("part.md")]).toEqual(["new", part("new")]);
    expect(await run(page, "new", "--check")).toBe(0);
    expect(out + err).toBe("");
  });

  it("names stale pages, a line each, and leaves them", async () => {
    const page = join(folder, "whole.md");
    writeFileSync(page, "old");
    writeFileSync(join(folder, "part.md"), part("old"));
    expect(await run(page, "new", "--check")).toBe(1);
    const stale = (path: string) => `${path} is stale: make it again with "npm run docs"\n`;
    expect(out).toBe(stale(page) + stale(join(folder, "part.md")));
    expect([read("whole.md"), read("part.md")]).toEqual(["old", part("old")]);
  });

  it.each([
    ["# By hand\n", `"<!-- generated: list -->" must stand there once`],
    [part("a") + part("b"), `"<!-- generated: list -->" must stand there once`],
    ["<!-- generated: list -->\n", `there is no "<!-- end -->" after "<!-- generated: list -->"`],
  ])("says what is wrong with the markers of a page: %j", async (text, message) => {
    writeFileSync(join(folder, "part.md"), text);
    expect(await run(join(folder, "whole.md"), "new")).toBe(2);
    expect(err).toBe(`${join(folder, "part.md")}: ${message}\n`);
  });

  it("knows no arguments", async () => {
    expect(await run(join(folder, "whole.md"), "new", "docs/rules.md")).toBe(2);
  });

  it("finds the pages of this project as the sources make them: npm run docs", async () => {
    await docsMain(["node", "docs.ts", "--check"]);
    expect(out + err).toBe("");
  });
});
