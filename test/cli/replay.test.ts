import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, it, vi } from "vitest";
import { replayMain } from "../../src/cli/replay.ts";
import { EXIT_CLEAN, EXIT_USAGE } from "../../src/cli/common/exit_codes.ts";
import { parseToken, printToken } from "../../src/executor/explorer/replay/token.ts";
import { readTokenConfig, writeTokenConfig } from "../../src/hunt/explain/token_config.ts";
import { DEFAULT_HUNT_MACHINE } from "../../src/hunt/machine/hunt_machine.ts";

const FOLDER = mkdtempSync(join(tmpdir(), "shootdown-replay-"));
afterAll(() => rmSync(FOLDER, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

/** The token of a run in which nothing is decided, on a machine with this driver. */
function tokenOf(driver: string): string {
  const config = writeTokenConfig({ machine: { ...DEFAULT_HUNT_MACHINE, driver }, bug: null, steps: 1 });
  return printToken({ config, strategy: "pct", seed: 1, index: 0, decisions: { segments: [], answers: [] } });
}

const TOKEN = tokenOf("single-pass");

async function replay(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: "", err: "" };
  vi.spyOn(process.stdout, "write").mockImplementation((text) => ((said.out += String(text)), true));
  vi.spyOn(process.stderr, "write").mockImplementation((text) => ((said.err += String(text)), true));
  const code = await replayMain(["node", "replay.ts", ...args]);
  vi.restoreAllMocks();
  return { code, ...said };
}

const folded = (end: string) => TOKEN.match(/.{1,60}/g)!.join(end);

it.each([
  ["by a report, for a shell", folded("\\\n")],
  ["with lines that end in CRLF", folded("\\\r\n    ")],
  ["by an editor", folded("\n  ")],
  ["by a mailer, quoted", folded("\r\n> > ")],
])("takes a token from a file that was folded %s", async (_how, text) => {
  const file = join(FOLDER, "report.txt");
  writeFileSync(file, `replay:\r\n  npx tsx scripts/replay.ts ${text}\r\n\r\nIt goes on.\r\n`);
  expect(await replay(file)).toMatchObject({ code: EXIT_CLEAN, out: "PASS  it does not fail any more\n" });
});

it.each([
  [[FOLDER], /^[^\n]*: a folder\. Allowed: a token, or a file with one in it\.\n$/],
  [["sd1:AAAA"], /^damaged token: [^\n]*\n$/],
  [["no-such-file"], /^no-such-file: no such file, and no token[^\n]*\n$/],
  [["--driver", "./mine.ts", TOKEN], /^--driver \.\/mine\.ts: the token is about single-pass, which is no module\n$/],
])("refuses %j in one line", async (args, message) => {
  const { code, err } = await replay(...args);
  expect(code).toBe(EXIT_USAGE);
  expect(err).toMatch(message);
});

it("loads no module that only the token names", async () => {
  const file = join(FOLDER, "mine.ts");
  writeFileSync(file, `throw new Error("was loaded");`);
  const { code, err } = await replay(tokenOf(file));
  expect(code).toBe(EXIT_USAGE);
  expect(err).toMatch(/^the token is about a module, [^\n]*, which is only run if you name it: --driver FILE\n$/);
  expect((await replay("--driver", file, tokenOf(file))).err).toContain("was loaded");
});

it("replays on the module that the command line names, wherever it was when the token was printed", async () => {
  const token = tokenOf(join(process.cwd(), "elsewhere", "two_walks.ts"));
  expect(readTokenConfig(parseToken(token).config).machine.driver).toBe("./elsewhere/two_walks.ts");
  expect(await replay("--driver", "examples/driver/zap_first.ts", token)).toMatchObject({ code: EXIT_CLEAN, err: "" });
});

it("says that a token is about what does not exist", async () => {
  expect(await replay(tokenOf("no-design"))).toMatchObject({
    code: EXIT_USAGE,
    err: "the token is about no-design, and there is no driver of that name\n",
  });
});
