import { join } from "node:path";
import type { Comparison } from "../../report/comparison.ts";
import { renderPlot } from "../../report/comparison_svg.ts";
import { writeReport } from "../../report/write.ts";
import { makeFolder } from "../common/make_folder.ts";

/** Write each plot into a folder, which is made if there is none; false if that cannot be, and says why. */
export function writePlots(folder: string, { experiments }: Comparison, stderr: { write(text: string): unknown }): boolean {
  const error = makeFolder(folder);
  if (error !== null) {
    stderr.write(`${error.message}\n`);
    return false;
  }
  return experiments
    .flatMap(({ plots }) => plots)
    .map((plot) => writeReport(join(folder, `${plot.name}.svg`), renderPlot(plot), stderr) === null)
    .every(Boolean);
}
