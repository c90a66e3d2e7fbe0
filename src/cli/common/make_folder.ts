import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { ReportWriteError } from "../../report/write.ts";

/**
 * Make a folder and those that it is in, as far as there are none. mkdir with `recursive` does the same, but never returns where
 * nothing can be made (/proc/x, on Node 20).
 *
 * @returns null, or what went wrong
 */
export function makeFolder(folder: string): ReportWriteError | null {
  try {
    makeMissing(folder);
    return null;
  } catch (cause) {
    return new ReportWriteError(folder, cause, "folder");
  }
}

function makeMissing(folder: string): void {
  if (existsSync(folder)) return;
  makeMissing(dirname(folder));
  mkdirSync(folder);
}
