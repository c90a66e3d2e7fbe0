import type { Command } from "commander";
import { setImmediate as macrotask } from "node:timers/promises";
import { describe, type Difference } from "../conformance/difference.ts";
import { FormatError } from "../conformance/operations.ts";
import { readTraces, TraceFileError } from "../conformance/reader.ts";
import { replay } from "../conformance/replay.ts";
import type { Trace } from "../conformance/trace.ts";
import { EXIT_CLEAN, EXIT_INTERRUPTED, EXIT_VIOLATION } from "./common/exit_codes.ts";
import { interruptible, runCommand } from "./common/run_command.ts";
import { commandNamed } from "./common/command.ts";

const HELP = `
Each line of a file is one trace, a JSON object: operations on notifiers, what
the callbacks do, and what the real code of mm/mmu_notifier.c returned, called
and left behind after every step. All of it must come out the same here. The
first difference is shown:

  fact-start-hit: step 3: rs task 1 r=2 a=268447744 e=268460032
    c (callbacks)
      recorded [["v",1,2,3],["v",2,2,3]]
      ours     [["v",1,2,3]]

Examples:
  $ npx tsx scripts/conform.ts test/fixtures/conformance/traces.jsonl.gz
  $ zcat test/fixtures/conformance/traces.jsonl.gz |
      grep '"g":"two-pass-mix"' > mix.jsonl
  $ npx tsx scripts/conform.ts mix.jsonl

The last line is "N passed, N failed".
Exit codes: 0 all passed, 1 some failed, 2 bad usage or input, 4 internal error
or output that cannot be written, 130 interrupted.`;

/** Names of failed traces that are listed. */
const NAMES_LISTED = 20;

/** `scripts/conform.ts`: replay recorded traces of the real kernel code. Returns the exit code. */
export function conformMain(argv: readonly string[]): Promise<number> {
  return runCommand([TraceFileError, FormatError], () => {
    const files = conformCommand().parse([...argv]).args;
    const traces: Trace[] = [];
    for (const file of files) traces.push(...readTraces(file));
    return interruptible((signal) => conform(traces, signal));
  });
}

function conformCommand(): Command {
  return commandNamed(
    "conform.ts",
    "Replay traces recorded from the real kernel code against the notifier core and compare every field of every step.",
  )
    .argument("<file...>", "traces, one JSON object a line, plain or gzip-compressed")
    .addHelpText("after", HELP);
}

async function conform(traces: readonly Trace[], signal: AbortSignal): Promise<number> {
  const differences: Difference[] = [];
  let passed = 0;
  for (const trace of traces) {
    const difference = replay(trace);
    if (difference === null) passed++;
    else differences.push(difference);
    await macrotask(); // a replay does not wait for anything: let signals in
    if (signal.aborted) break;
  }
  report(differences, passed, traces.length);
  if (signal.aborted) return EXIT_INTERRUPTED;
  return differences.length === 0 ? EXIT_CLEAN : EXIT_VIOLATION;
}

function report(differences: readonly Difference[], passed: number, total: number): void {
  const [first, ...others] = differences;
  const lines: string[] = [];
  if (first !== undefined) lines.push(describe(first), "");
  if (others.length > 0) {
    const names = others.slice(0, NAMES_LISTED).map(({ trace, step }) => `${trace} (step ${step + 1})`);
    const more = others.length > names.length ? `, and ${others.length - names.length} more` : "";
    lines.push(`also failed: ${names.join(", ")}${more}`, "");
  }
  const left = total - passed - differences.length;
  if (left > 0) lines.push(`interrupted, ${left} traces not replayed`);
  process.stdout.write(`${[...lines, `${passed} passed, ${differences.length} failed`].join("\n")}\n`);
}
