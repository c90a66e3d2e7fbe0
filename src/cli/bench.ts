import { type Command, InvalidArgumentError } from "commander";
import { BENCHMARKS } from "../bench/catalogue.ts";
import type { Benchmark } from "../bench/figure.ts";
import { machineFacts } from "../bench/machine_facts.ts";
import { factLines, missedBars, renderBenchJson, sectionLines, verdictLines, type Section } from "../bench/report.ts";
import { paintFor } from "../report/paint.ts";
import { wrap } from "../report/text.ts";
import { file } from "./common/arguments.ts";
import { EXIT_CLEAN, EXIT_INTERNAL, EXIT_VIOLATION } from "./common/exit_codes.ts";
import { humanStream, reportTo } from "./common/report_to.ts";
import { runCommand } from "./common/run_command.ts";
import { commandNamed } from "./common/command.ts";

export interface BenchOptions {
  readonly benchmarks: readonly Benchmark[];
  /** File name, `-` for standard output, null for none. */
  readonly json: string | null;
}

const HELP = `
Benchmarks:
${BENCHMARKS.flatMap(({ name, summary, isOnDemand }) =>
  wrap(isOnDemand ? `${summary} (only if named)` : summary, `  ${name.padEnd(20)}`, " ".repeat(22)),
).join("\n")}

Each figure stands beside what it is compared with; the ratio of the two is what
a bar is on. Figures are of use only from a machine that does nothing else
meanwhile.

Examples:
  $ npx tsx scripts/bench.ts
  $ npx tsx scripts/bench.ts --only two-pass-scaling,empty-invalidation
  $ npx tsx scripts/bench.ts --json - | jq -r '.missed[]'

Exit codes: 0 no bar missed, 1 some missed, 2 bad usage, 4 internal error
or output that cannot be written.`;

/** `scripts/bench.ts`: measure, and say what misses its bar. Returns the exit code. */
export function benchMain(argv: readonly string[]): Promise<number> {
  return runCommand([], () => bench(parseBenchOptions(argv)));
}

/** @throws CommanderError for bad usage; its message has been printed */
export function parseBenchOptions(argv: readonly string[]): BenchOptions {
  const given = benchCommand()
    .parse([...argv])
    .opts<{ only?: Benchmark[]; json?: string }>();
  return {
    benchmarks: given.only ?? BENCHMARKS.filter(({ isOnDemand }) => !isOnDemand),
    json: given.json ?? null,
  };
}

function benchCommand(): Command {
  return commandNamed(
    "bench.ts",
    "Measure what two passes bring and what the emulator costs, and say which figures miss their bars.",
  )
    .option("--only <names>", "measure these alone, separated by commas", benchmarksOf)
    .option("--json <file>", "write all figures as one JSON object, - for standard output", file)
    .addHelpText("after", HELP);
}

function benchmarksOf(text: string): Benchmark[] {
  const names = text.split(",");
  const unknown = names.find((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name));
  if (unknown !== undefined) {
    throw new InvalidArgumentError(`There is no "${unknown}". Allowed: ${BENCHMARKS.map(({ name }) => name).join(", ")}.`);
  }
  return BENCHMARKS.filter(({ name }) => names.includes(name));
}

async function bench({ benchmarks, json }: BenchOptions): Promise<number> {
  const out = humanStream(json);
  const paint = paintFor(out);
  const machine = machineFacts();
  const print = (lines: readonly string[]) => void out.write(`${lines.join("\n")}\n`);
  print(factLines(machine));
  const sections: Section[] = [];
  for (const { name, summary, run } of benchmarks) {
    const outcome = await run((what) => say(`${name}: ${what}`));
    say("");
    sections.push({ name, summary, ...outcome });
    print(sectionLines(sections[sections.length - 1], paint));
  }
  print(verdictLines(sections, paint));
  if (!reportTo(json, () => renderBenchJson(machine, sections))) return EXIT_INTERNAL;
  return missedBars(sections).length === 0 ? EXIT_CLEAN : EXIT_VIOLATION;
}

/** What is being measured, on a terminal alone, in a line that the next one overwrites. */
function say(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u{1b}[K${what}`);
}
