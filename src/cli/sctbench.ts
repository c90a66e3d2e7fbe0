import type { Command } from "commander";
import { firstBug, SCT_STRATEGIES } from "../bench/sctbench/measure.ts";
import { SCT_PROGRAMS } from "../bench/sctbench/programs.ts";
import { PUBLISHED } from "../bench/sctbench/published.ts";
import { EXIT_CLEAN } from "./common/exit_codes.ts";
import { runCommand } from "./common/run_command.ts";
import { commandNamed } from "./common/command.ts";

const SEEDS = 20;
const SCHEDULES = 10_000;
/** With fifty threads and more an execution takes a millisecond: only the strategies that find something in minutes. */
const OF_MANY: ReadonlySet<string> = new Set(["surw", "urw"]);
const HAS_MANY = /_(50|100)$/;
/** As many as were published for what only SURW finds. */
const SCHEDULES_OF: Readonly<Record<string, number>> = { "safestack surw": 1_000_000 };

/** `scripts/sctbench.ts`: the table of docs/sctbench.md, as Markdown on standard output. Returns the exit code. */
export function sctbenchMain(argv: readonly string[]): Promise<number> {
  return runCommand([], () => {
    command().parse([...argv]);
    return measure();
  });
}

function command(): Command {
  return commandNamed(
    "sctbench.ts",
    "Run programs of SCTBench by each strategy and print the table of docs/sctbench.md: schedules to the first bug, " +
      "a mean. Takes an hour.",
  );
}

function measure(): number {
  process.stdout.write(line(["program", ...SCT_STRATEGIES]) + line(["---", ...SCT_STRATEGIES.map(() => "---:")]));
  for (const sct of SCT_PROGRAMS) {
    const cells = SCT_STRATEGIES.map((strategy) => {
      const published = PUBLISHED[sct.name]?.[strategy];
      const suffix = published === undefined ? "" : ` / ${figure(published)}`;
      if (HAS_MANY.test(sct.name) && !OF_MANY.has(strategy)) return `not run${suffix}`;
      const { mean, found } = firstBug(sct, strategy, SEEDS, SCHEDULES_OF[`${sct.name} ${strategy}`] ?? SCHEDULES);
      return `${figure(mean)}${found === SEEDS || found === 0 ? "" : ` (${found}/${SEEDS})`}${suffix}`;
    });
    process.stdout.write(line([sct.name, ...cells]));
  }
  return EXIT_CLEAN;
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |\n`;
}

function figure(mean: number | null): string {
  return mean === null ? "-" : String(Math.round(mean));
}
