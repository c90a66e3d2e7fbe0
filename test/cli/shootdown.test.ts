import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { ROOT } from "./command.ts";

const { version } = JSON.parse(readFileSync(`${ROOT}package.json`, "utf8")) as { version: string };

/** The package's command, under plain node. */
function shootdown(...args: string[]): Promise<string> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, ["scripts/bin.mjs", ...args], { cwd: ROOT }, (_error, stdout, stderr) =>
      resolve(`${child.exitCode} ${stdout}${stderr}`),
    );
  });
}

it.each([
  [["--version"], `0 ${version}\n`],
  [["hnt"], "2 error: unknown command 'hnt'\n(Did you mean hunt?)\n"],
  [["replay", "."], "2 .: a folder. Allowed: a token, or a file with one in it.\n"],
])("shootdown %j", async (args, said) => {
  expect(await shootdown(...args)).toBe(said);
});
