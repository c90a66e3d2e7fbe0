import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { command, ROOT } from "./command.ts";

const README = readFileSync(`${ROOT}README.md`, "utf8");
const [, line] = /npm ci && npx tsx scripts\/(hunt\.ts .*)/.exec(README)!;
/** What the README shows of it; some lines are left out. */
const SHOWN = /```\n(FAIL [^]*?)```/.exec(README)![1].trimEnd().split("\n");

it("prints what the README shows of its first command, line by line", async () => {
  const [script, ...args] = line.split(" ");
  const { code, stdout } = await command(script, args);
  const printed = new Set(stdout.split("\n"));
  expect(SHOWN.filter((shown) => shown.trim() !== "…" && !printed.has(shown))).toEqual([]);
  expect(SHOWN.length).toBeGreaterThan(15);
  expect(code).toBe(1);
});
