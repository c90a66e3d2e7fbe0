import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const CONFIG = ".dependency-cruiser.mjs";
const { ROOMS } = (await import(join(ROOT, CONFIG))) as { ROOMS: Readonly<Record<string, readonly string[]>> };

/** What the check of the layers prints for a project of these files. */
function check(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "shootdown-layers-"));
  for (const name of [CONFIG, "tsconfig.json", "package.json"]) cpSync(join(ROOT, name), join(folder, name));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  try {
    return execFileSync(join(ROOT, "node_modules/.bin/depcruise"), ["--config", CONFIG, "src"], {
      cwd: folder,
      encoding: "utf8",
    });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const X = "export const x = 1;\n";
/** A file that imports another. */
function uses(from: string, to: string): string {
  const path = relative(dirname(from), to);
  return `import { x } from "${path.startsWith(".") ? path : `./${path}`}";\nexport const y = x;\n`;
}

/** From each room an import that it has no right to: of a command, or in a command of another one. */
const UPWARD = Object.keys(ROOMS).map((room) => ({
  room,
  from: `src/${room}/a.ts`,
  to: room.startsWith("cli") ? `src/cli/${room === "cli/hunt" ? "stress" : "hunt"}/b.ts` : "src/cli/common/b.ts",
}));

it("objects to every import that runs upwards, by the name of its room", () => {
  const output = check(
    Object.fromEntries(
      UPWARD.flatMap(({ from, to }) => [
        [from, uses(from, to)],
        [to, X],
      ]),
    ),
  );
  for (const { room, from, to } of UPWARD) expect(output).toContain(`error room ${room}: ${from} → ${to}`);
});

it("objects to values where only types are admitted", () => {
  const value = "src/compare/a.ts";
  const output = check({
    [value]: uses(value, "src/report/b.ts"),
    "src/hunt/kill/a.ts": `import type { x } from "../../report/b.ts";\nexport type Y = typeof x;\n`,
    "src/report/b.ts": X,
  });
  expect(output).toContain(`error types only in room compare: ${value} → src/report/b.ts`);
  expect(output).not.toContain("error types only in room hunt/kill");
});

it("says nothing of imports that run downwards", () => {
  const output = check({
    "src/machine/b.ts": X,
    "src/kernel/view.ts": uses("src/kernel/view.ts", "src/machine/b.ts"),
    "src/check/a.ts": `import { y } from "../kernel/view.ts";\nexport const z = y;\n`,
  });
  expect(output).toContain("no dependency violations found");
});

it("knows every folder of sources", () => {
  const rooms = Object.keys(ROOMS);
  const leaves = rooms.filter((room) => !rooms.some((other) => other.startsWith(`${room}/`)));
  const files = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && file.includes("/"),
  );
  const folders = new Set(files.map((file) => dirname(file)));
  const unknown = [...folders].filter(
    (folder) => !rooms.includes(folder) && !leaves.some((leaf) => folder.startsWith(`${leaf}/`)),
  );
  expect(unknown).toEqual([]);
});
