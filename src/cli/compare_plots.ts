import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Comparison } from "../report/comparison.ts";
import { renderPlot } from "../report/comparison_svg.ts";
import { ReportWriteError, writeReport } from "../report/write.ts";

/** Write each plot into a folder, which is made if there is none; false if that cannot be, and says why. */
export function writePlots(folder: string, { experiments }: Comparison, stderr: { write(text: string): unknown }): boolean {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    stderr.write(`${new ReportWriteError(folder, cause, "folder").message}\n`);
    return false;
  }
  return experiments.flatMap(({ plots }) => plots).map((plot) => writeReport(join(folder, `${plot.name}.svg`), renderPlot(plot), stderr) === null).every(Boolean);
}
