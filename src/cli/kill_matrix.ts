import { type Command, InvalidArgumentError, Option } from "commander";
import { availableParallelism } from "node:os";
import { BUGS } from "../bugs/catalogue.ts";
import type { Bug } from "../bugs/bug.ts";
import { STRATEGY_NAMES } from "../executor/explorer/strategy/catalogue.ts";
import { killMatrix, type KillMatrixOptions } from "../hunt/kill/kill_matrix.ts";
import { falseAlarmsOf, renderKillMatrix, survivorsOf, type KillMatrix } from "../report/kill_matrix.ts";
import { paintFor } from "../report/paint.ts";
import { file, seededBug, wholeNumber } from "./common/arguments.ts";
import { EXIT_CLEAN, EXIT_INTERNAL, EXIT_INTERRUPTED, EXIT_VIOLATION } from "./common/exit_codes.ts";
import { humanStream, reportTo } from "./common/report_to.ts";
import { interruptible, runCommand } from "./common/run_command.ts";
import { commandNamed } from "./common/command.ts";

/** Samplers beside the portfolio that is the default of hunts. */
const DEFAULT_STRATEGIES = ["portfolio", "random", "pct", "pos", "urw", "surw"];

const EXAMPLES = `
Each seeded bug is planted into the sources and hunted by each strategy, once
for each seed, in the play that shows it; then the correct sources are hunted in
all of these plays with the same budget. A failure counts if the bug is known to
lead to it.

Examples:
  all of it: half an hour
  $ npx tsx scripts/kill-matrix.ts
  two bugs, five seeds
  $ npx tsx scripts/kill-matrix.ts --seeds 5 \\
      --bugs flush-skipped,set-seq-omitted

Exit codes: 0 all were killed and the correct designs are clean, 1 a survivor or
a false alarm, 2 bad usage, 4 internal error or output that cannot be written,
130 interrupted, with the rows that were run.`;

/** `scripts/kill-matrix.ts`: bugs against strategies. Returns the exit code. */
export function killMatrixMain(argv: readonly string[]): Promise<number> {
  return runCommand([], () => {
    const given = command()
      .parse([...argv])
      .opts<KillMatrixOptions & { json?: string }>();
    return interruptible(async (signal) =>
      report(await killMatrix(given, { signal, onProgress: sayProgress }), given.json ?? null),
    );
  });
}

function command(): Command {
  return commandNamed("kill-matrix.ts", "How soon does each strategy find each seeded bug?")
    .addOption(
      new Option("--bugs <names>", "seeded bugs, separated by commas; hunt.ts --list names them")
        .argParser(bugs)
        .default(BUGS, "all"),
    )
    .addOption(
      new Option("--strategies <names>", `of ${STRATEGY_NAMES.join(", ")}`)
        .argParser(strategies)
        .default(DEFAULT_STRATEGIES, DEFAULT_STRATEGIES.join(",")),
    )
    .option("--seeds <n>", "seeds of each cell", wholeNumber(1, 1000), 20)
    .option("--schedules <n>", "schedules that each seed may take", wholeNumber(1, 1e7), 500)
    .option("--jobs <n>", "worker threads", wholeNumber(1, 64), availableParallelism())
    .option("--json <file>", "write the matrix as JSON, - for standard output", file)
    .addHelpText("after", EXAMPLES);
}

function bugs(text: string): Bug[] {
  return text.split(",").map(seededBug);
}

function strategies(text: string): string[] {
  return text.split(",").map((name) => {
    if (!STRATEGY_NAMES.includes(name)) throw new InvalidArgumentError(`Allowed: ${STRATEGY_NAMES.join(", ")}.`);
    return name;
  });
}

function sayProgress(what: string, fraction: number): void {
  process.stderr.write(`${String(Math.floor(fraction * 100)).padStart(3)}%  ${what}\n`);
}

function report(matrix: KillMatrix, json: string | null): number {
  const out = humanStream(json);
  out.write(renderKillMatrix(matrix, paintFor(out)));
  if (!reportTo(json, () => `${JSON.stringify(matrix, null, 2)}\n`)) return EXIT_INTERNAL;
  if (matrix.interrupted) return EXIT_INTERRUPTED;
  return survivorsOf(matrix).length > 0 || falseAlarmsOf(matrix).length > 0 ? EXIT_VIOLATION : EXIT_CLEAN;
}
