import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** Folders of tests that try the protocol and its oracles; those beside them try words, commands and tables. */
const ROOMS = ["machine", "kernel", "device", "driver", "check", "conformance", "findings", "boot", "scenario", "hunt/machine"];

/**
 * Seeded bugs are patches that fit one text exactly, and a command is another process with its own limits: what does not fit or
 * is late would pass for a mutant that was noticed.
 */
const FOR_ANOTHER_REASON = /\/bugs\/|explorer_bundle|bundle\/bundle|cli\//;

/** Files of tests that can notice a mutant. */
export interface Stages {
  /** Those that stand next to it: most mutants get no further. */
  readonly near: readonly string[];
  readonly all: readonly string[];
}

/** @param root the checkout. @param file of the mutant */
export function stagesFor(root: string, file: string): Stages {
  const all = ROOMS.flatMap((room) => testsIn(root, `test/${room}`)).filter(
    (test) => !FOR_ANOTHER_REASON.test(readFileSync(join(root, test), "utf8")),
  );
  return { near: nearest(root, file, all), all };
}

/** Those that bear the file's name, or else those of the nearest folder that has any. */
function nearest(root: string, file: string, all: readonly string[]): string[] {
  const name = basename(file, ".ts");
  const named = all.filter((test) => basename(test).startsWith(`${name}.`));
  if (named.length > 0) return named;
  for (let folder = dirname(file).replace(/^src/, "test"); folder !== "test"; folder = dirname(folder)) {
    const there = existsSync(join(root, folder)) ? all.filter((test) => test.startsWith(`${folder}/`)) : [];
    if (there.length > 0) return there;
  }
  return [];
}

function testsIn(root: string, folder: string): string[] {
  return readdirSync(join(root, folder)).flatMap((entry) => {
    const path = `${folder}/${entry}`;
    if (statSync(join(root, path)).isDirectory()) return testsIn(root, path);
    return entry.endsWith(".test.ts") ? [path] : [];
  });
}
