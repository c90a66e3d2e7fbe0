import { firstBug, SCT_STRATEGIES } from "../bench/sctbench/measure.ts";
import { SCT_PROGRAMS } from "../bench/sctbench/programs.ts";
import { PUBLISHED } from "../bench/sctbench/published.ts";

const SEEDS = 20;
const SCHEDULES = 10_000;
/** With a hundred threads an execution takes a millisecond: only the strategies that find something in minutes. */
const OF_HUNDREDS: ReadonlySet<string> = new Set(["surw", "urw"]);

/** `scripts/sctbench.ts`: the table of docs/sctbench.md, as Markdown on standard output. Returns the exit code. */
export function sctbenchMain(): number {
  process.stdout.write(line(["program", ...SCT_STRATEGIES]) + line(["---", ...SCT_STRATEGIES.map(() => "---:")]));
  for (const sct of SCT_PROGRAMS) {
    const cells = SCT_STRATEGIES.map((strategy) => {
      const published = PUBLISHED[sct.name][strategy];
      if (sct.name.endsWith("_100") && !OF_HUNDREDS.has(strategy)) return `not run / ${figure(published)}`;
      const { mean, found } = firstBug(sct, strategy, SEEDS, SCHEDULES);
      return `${figure(mean)}${found === SEEDS || found === 0 ? "" : ` (${found}/${SEEDS})`} / ${figure(published)}`;
    });
    process.stdout.write(line([sct.name, ...cells]));
  }
  return 0;
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |\n`;
}

function figure(mean: number | null): string {
  return mean === null ? "-" : String(Math.round(mean));
}
