import { mkdirSync, writeFileSync } from "node:fs";
import { BUGS } from "../bugs/catalogue.ts";
import { NO_FAULTS } from "../hunt/config.ts";
import { hunt } from "../hunt/hunt.ts";
import type { HuntOutcome } from "../hunt/outcome.ts";
import { EXIT_CLEAN, EXIT_INTERNAL } from "./exit_codes.ts";

/** One file of the corpus: the smallest schedule that shows a seeded bug. */
export interface CorpusEntry {
  readonly bug: string;
  readonly kind: string;
  readonly rule: string;
  readonly steps: number;
  readonly switches: number;
  readonly depth: number | null;
  readonly token: string;
}

const DIRECTORY = "test/corpus";

/** `npm run corpus [-- BUG...]`: hunt for seeded bugs, all if none is named, and keep what is found in test/corpus. Returns the exit code. */
export async function corpusMain(argv: readonly string[]): Promise<number> {
  const names = argv.slice(2);
  mkdirSync(DIRECTORY, { recursive: true });
  let exitCode = EXIT_CLEAN;
  for (const bug of BUGS.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const config = { driver: bug.driver, scenario: bug.play, gpus: 2, cpus: 2, skip: [], faults: { ...NO_FAULTS, ...bug.faults } };
    const entry = entryOf(bug.name, await hunt({
      configs: [config], bug, modules: [], strategy: "portfolio", depth: null, preemptions: null,
      schedules: 5000, seconds: 120, jobs: 1, seed: 1, keepGoing: false,
    }));
    if (entry === null) exitCode = EXIT_INTERNAL;
    else writeFileSync(`${DIRECTORY}/${bug.name}.json`, `${JSON.stringify(entry, null, 2)}\n`);
    process.stdout.write(entry === null ? `${bug.name}: not found\n` : `${bug.name}: ${entry.rule}, ${entry.steps} steps, ${entry.switches} switches\n`);
  }
  return exitCode;
}

function entryOf(bug: string, { parts: [{ failure }] }: HuntOutcome): CorpusEntry | null {
  const report = failure?.investigation?.report;
  if (report === undefined) return null;
  const { failure: { kind, rule }, minimized: { steps, switches }, depth, token } = report;
  return { bug, kind, rule, steps, switches, depth, token };
}
