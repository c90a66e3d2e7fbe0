import { parsePatch, type StructuredPatch, type StructuredPatchHunk } from "diff";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "esbuild";
import type { Bug } from "./bug.ts";

/** What means something in a regular expression. */
const SPECIAL = /[$()*+./?[\\\]^{|}]/g;

/** An esbuild plugin that makes a bug's edits. */
export function plant(bug: Bug, root: string): Plugin {
  return {
    name: `bug ${bug.name}`,
    setup(build) {
      for (const file of filesOf(bug)) {
        const path = join(root, file);
        build.onLoad({ filter: new RegExp(`${file.replaceAll(SPECIAL, "\\$&")}$`) }, (args) =>
          args.path === path ? { contents: edited(bug, file, readFileSync(path, "utf8")), loader: "ts" } : null,
        );
      }
    },
  };
}

/** The files that a bug changes, as paths from the project's root. */
export function filesOf(bug: Bug): string[] {
  return parsePatch(bug.patch).map(fileOf);
}

/**
 * The file's text with the bug in it. Line numbers do not count, but each hunk's old lines must stand in the text exactly once.
 *
 * @throws Error if it no longer fits the text
 */
export function edited(bug: Bug, file: string, text: string): string {
  const changes = parsePatch(bug.patch).filter((patch) => fileOf(patch) === file);
  return changes
    .flatMap(({ hunks }) => hunks)
    .reduce((before, hunk) => {
      const [old, now] = [linesOf(hunk, "-"), linesOf(hunk, "+")];
      const parts = before.split(new RegExp(`(?<=^|\n)${old.replaceAll(SPECIAL, "\\$&")}`));
      if (parts.length === 2) return parts.join(now);
      throw new Error(`bug ${bug.name}: ${JSON.stringify(old)} occurs ${parts.length - 1} times in ${file}, not once`);
    }, text);
}

/** The whole lines before (`-`) or after (`+`) a change. */
function linesOf({ lines }: StructuredPatchHunk, sign: "-" | "+"): string {
  return lines
    .filter(([first]) => first === " " || first === sign)
    .map((line) => `${line.slice(1)}\n`)
    .join("");
}

/** `+++ b/src/…` */
function fileOf({ newFileName }: StructuredPatch): string {
  return newFileName!.replace(/^b\//, "");
}
