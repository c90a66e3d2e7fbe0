import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { applied, type Mutant } from "./mutant.ts";

/** A checkout of its own, so that bundles and threads that read sources see the mutant as well. */
export class Copy {
  readonly root = mkdtempSync(join(tmpdir(), "shootdown-mutants-"));

  /** @param root of the checkout, whose tracked files as they are now are copied */
  constructor(root: string) {
    const files = execFileSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8" }).split("\0").filter(Boolean);
    for (const file of files) {
      mkdirSync(dirname(join(this.root, file)), { recursive: true });
      cpSync(join(root, file), join(this.root, file));
    }
    symlinkSync(join(root, "node_modules"), join(this.root, "node_modules"));
  }

  /** Do something while the mutant is in the sources. */
  async with<T>(mutant: Mutant, body: () => Promise<T>): Promise<T> {
    const path = join(this.root, mutant.file);
    const text = readFileSync(path, "utf8");
    writeFileSync(path, applied(text, mutant));
    try {
      return await body();
    } finally {
      writeFileSync(path, text);
    }
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
