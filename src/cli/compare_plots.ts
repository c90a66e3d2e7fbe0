import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Comparison } from "../report/comparison.ts";
import { renderPlot } from "../report/comparison_svg.ts";
import { ReportWriteError, writeReport } from "../report/write.ts";

/** Write each plot into a folder, which is made within one that there is; false if that cannot be, and says why. */
export function writePlots(folder: string, { experiments }: Comparison, stderr: { write(text: string): unknown }): boolean {
  try {
    if (!existsSync(folder)) mkdirSync(folder); // not recursively: under /proc that never ends
  } catch (cause) {
    stderr.write(`${new ReportWriteError(folder, cause, "folder").message}\n`);
    return false;
  }
  return experiments.flatMap(({ plots }) => plots).map((plot) => writeReport(join(folder, `${plot.name}.svg`), renderPlot(plot), stderr) === null).every(Boolean);
}
