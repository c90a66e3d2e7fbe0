import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** What the check of the layers prints for a project of these files. */
function check(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "shootdown-layers-"));
  for (const name of [".dependency-cruiser.json", "tsconfig.json", "package.json"]) cpSync(join(ROOT, name), join(folder, name));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  try {
    return execFileSync(join(ROOT, "node_modules/.bin/depcruise"), ["--config", ".dependency-cruiser.json", "src"], { cwd: folder, encoding: "utf8" });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

const uses = (path: string) => `import { x } from "${path}";\nexport const y = x;\n`;
const X = "export const x = 1;\n";

const UPWARD = [
  ["machine-imports-nothing-of-ours", "src/machine/a.ts", "../kernel/b.ts"],
  ["kernel-imports-machine", "src/kernel/a.ts", "../device/b.ts"],
  ["device-imports-machine", "src/device/a.ts", "../kernel/b.ts"],
  ["driver-imports-kernel-device-machine", "src/driver/a.ts", "../check/b.ts"],
  ["check-imports-machine-and-views", "src/check/a.ts", "../kernel/b.ts"],
  ["executor-imports-machine", "src/executor/a.ts", "../kernel/b.ts"],
  ["scenario-imports-kernel-driver-device", "src/scenario/a.ts", "../executor/b.ts"],
  ["report-imports-machine", "src/report/a.ts", "../check/b.ts"],
  ["conformance-imports-kernel-explorer-machine", "src/conformance/a.ts", "../check/b.ts"],
  ["compare-knows-no-command-and-no-text", "src/compare/a.ts", "../cli/b.ts"],
  ["compare-takes-only-types-and-numbers-of-reports", "src/compare/c.ts", "../report/d.ts"],
  ["compare-is-used-by-cli-bench-workers", "src/boot/e.ts", "../compare/f.ts"],
  ["boot-knows-no-command-and-no-report", "src/boot/a.ts", "../report/b.ts"],
  ["explorer-imports-machine-and-itself", "src/executor/explorer/a.ts", "../threads/b.ts"],
  ["hunt-knows-no-command-and-no-text", "src/hunt/a.ts", "../cli/b.ts"],
  ["hunt-takes-only-types-of-bugs-and-reports", "src/hunt/c.ts", "../report/d.ts"],
  ["hunt-is-used-by-cli-bench-workers", "src/boot/c.ts", "../hunt/d.ts"],
] as const;

it("objects to every import that runs upwards, by name", () => {
  const files = Object.fromEntries(UPWARD.flatMap(([, file, path]) => [[file, uses(path)], [join(dirname(file), path), X]]));
  const output = check(files);
  for (const [rule, file, path] of UPWARD) expect(output).toContain(`error ${rule}: ${file} → ${join(dirname(file), path)}`);
});

it("says nothing of imports that run downwards", () => {
  const output = check({
    "src/machine/b.ts": X,
    "src/kernel/view.ts": uses("../machine/b.ts"),
    "src/check/a.ts": `import { y } from "../kernel/view.ts";\nexport const z = y;\n`,
  });
  expect(output).toContain("no dependency violations found");
});
