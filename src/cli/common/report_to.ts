import { writeReport } from "../../report/write.ts";

/** Where people read: standard error if any of these reports, each a file name, goes to standard output. */
export function humanStream(...files: readonly (string | null)[]): NodeJS.WriteStream {
  return files.includes("-") ? process.stderr : process.stdout;
}

/**
 * Write a report that was asked for to a file, or with `-` to standard output; null: nobody asked. False if it cannot be written.
 */
export function reportTo(file: string | null, render: () => string): boolean {
  if (file === null) return true;
  if (file !== "-") return writeReport(file, render(), process.stderr) === null;
  process.stdout.write(render());
  return true;
}
