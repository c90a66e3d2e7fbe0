import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Copy } from "../mutants/copy.ts";
import { Judge, usualMsOf, type Fate } from "../mutants/judge.ts";
import { renderPage, type Tried } from "../mutants/page.ts";
import { draw } from "../mutants/sample.ts";
import { PROJECT_ROOT } from "../bench/stress_process.ts";
import { wholeNumber } from "./common/arguments.ts";
import { EXIT_CLEAN, EXIT_INTERRUPTED } from "./common/exit_codes.ts";
import { interruptible, runCommand } from "./common/run_command.ts";
import { commandNamed } from "./common/command.ts";

const EXAMPLES = `
Draws mutants of src/kernel, src/check, src/driver and src/device, and lets the
tests try to notice each. What is known of a sample is kept in docs/mutants.json:
the same command goes on where it was; docs/mutants.md is made anew of all
samples. About a minute each that survives, seconds each that is killed.

Examples:
  the samples of docs/mutants.md
  $ npx tsx scripts/mutants.ts --sample 60 --seed 1
  $ npx tsx scripts/mutants.ts --sample 20 --seed 2
  the survivors again, after tests were added
  $ npx tsx scripts/mutants.ts --sample 60 --seed 1 --again

Exit codes: 0 all were tried, 2 bad usage, 4 internal error, 130 interrupted.`;

interface Given {
  readonly sample: number;
  readonly seed: number;
  readonly jobs: number;
  readonly again?: boolean;
}

/** `scripts/mutants.ts`: do the tests notice? Returns the exit code. */
export function mutantsMain(argv: readonly string[]): Promise<number> {
  return runCommand([], () => {
    const given = commandNamed("mutants.ts", "Change the sources a little, over and over: do the tests notice?")
      .option("--sample <n>", "mutants to draw of each folder", wholeNumber(1, 10_000), 60)
      .option("--seed <n>", "seed of the sample", wholeNumber(0, 2 ** 32 - 1), 1)
      .option("--jobs <n>", "mutants that are tried at the same time", wholeNumber(1, 64), 1)
      .option("--again", "try those again that survived")
      .addHelpText("after", EXAMPLES)
      .parse([...argv])
      .opts<Given>();
    return interruptible((signal) => tryAll(given, signal));
  });
}

async function tryAll({ sample, seed, jobs, again = false }: Given, signal: AbortSignal): Promise<number> {
  const fates = knownFates(seed, sample, again);
  const drawn = await draw(PROJECT_ROOT, sample, seed);
  const all = drawn.flatMap(({ mutants }) => mutants);
  const waiting = all.filter((mutant) => !fates.has(keyOf(mutant)));
  const copies = Array.from({ length: jobs }, () => new Copy(PROJECT_ROOT));
  const save = () =>
    keep({
      seed,
      perFolder: sample,
      folders: drawn.map(({ folder, of, mutants }) => ({
        folder,
        of,
        mutants: mutants.map((mutant) => ({ mutant, fate: fates.get(keyOf(mutant)) ?? null })),
      })),
    });
  try {
    const usualMs = await usualMsOf(copies[0], signal);
    await Promise.all(
      copies.map(async (copy) => {
        const judge = new Judge(copy, usualMs, signal);
        for (let mutant = waiting.shift(); mutant !== undefined && !signal.aborted; mutant = waiting.shift()) {
          const fate = await judge.fateOf(mutant);
          if (fate === null) return;
          fates.set(keyOf(mutant), fate);
          process.stderr.write(`${fates.size}/${all.length} ${fate}: ${mutant.file}:${mutant.line} ${mutant.mutator}\n`);
          save();
        }
      }),
    );
  } finally {
    for (const copy of copies) copy.remove();
    save();
  }
  return signal.aborted ? EXIT_INTERRUPTED : EXIT_CLEAN;
}

const KEPT = join(PROJECT_ROOT, "docs/mutants.json");
const PAGE = join(PROJECT_ROOT, "docs/mutants.md");

function keyOf({ file, start, end, replacement }: Tried["folders"][number]["mutants"][number]["mutant"]): string {
  return JSON.stringify([file, start, end, replacement]);
}

function kept(): Tried[] {
  return existsSync(KEPT) ? (JSON.parse(readFileSync(KEPT, "utf8")) as Tried[]) : [];
}

function knownFates(seed: number, sample: number, again: boolean): Map<string, Fate> {
  const former = kept().find((one) => one.seed === seed && one.perFolder === sample);
  const known = (former?.folders ?? []).flatMap(({ mutants }) => mutants);
  return new Map(
    known.flatMap(({ mutant, fate }) => (fate === null || (again && fate === "survived") ? [] : [[keyOf(mutant), fate]])),
  );
}

function keep(tried: Tried): void {
  const others = kept().filter((one) => one.seed !== tried.seed || one.perFolder !== tried.perFolder);
  const samples = [...others, tried].toSorted((a, b) => a.seed - b.seed);
  writeFileSync(KEPT, `${JSON.stringify(samples, null, 1)}\n`);
  writeFileSync(PAGE, renderPage(samples));
}
