import { readdirSync, readFileSync } from "node:fs";
import type { Bug } from "./bug.ts";
import { readBug } from "./read_bug.ts";

const FOLDER = new URL("./", import.meta.url);
const PATCH = ".patch";

/** All seeded bugs, by name: the patches of this folder. */
export const BUGS: readonly Bug[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith(PATCH))
  .toSorted()
  .map((file) => readBug(file.slice(0, -PATCH.length).replaceAll("_", "-"), readFileSync(new URL(file, FOLDER), "utf8")));

/**
 * The seeded bug of this name.
 *
 * @throws RangeError if there is none
 */
export function bugNamed(name: string): Bug {
  const bug = BUGS.find((candidate) => candidate.name === name);
  if (bug === undefined) throw new RangeError(`no such bug: ${name}`);
  return bug;
}
