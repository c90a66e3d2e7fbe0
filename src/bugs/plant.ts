import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "esbuild";
import type { Bug } from "./bug.ts";

/** An esbuild plugin that makes a bug's edits. */
export function plant(bug: Bug, root: string): Plugin {
  return {
    name: `bug ${bug.name}`,
    setup(build) {
      for (const file of new Set(bug.edits.map((edit) => edit.file))) {
        const path = join(root, file);
        build.onLoad({ filter: new RegExp(`${file.replaceAll(/[.\\/]/g, "\\$&")}$`) }, (args) => (
          args.path === path ? { contents: edited(bug, file, readFileSync(path, "utf8")), loader: "ts" } : null
        ));
      }
    },
  };
}

/** The file's text with the bug in it. @throws Error if it no longer fits the text */
export function edited(bug: Bug, file: string, text: string): string {
  return bug.edits.filter((edit) => edit.file === file).reduce((before, { find, replace }) => {
    const parts = before.split(find);
    if (parts.length !== 2) throw new Error(`bug ${bug.name}: ${JSON.stringify(find)} occurs ${parts.length - 1} times in ${file}, not once`);
    return parts.join(replace);
  }, text);
}
