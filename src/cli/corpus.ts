import type { Command } from "commander";
import { mkdirSync, writeFileSync } from "node:fs";
import type { Bug } from "../bugs/bug.ts";
import { explorerBundle } from "../bundle/explorer_bundle.ts";
import { BUGS } from "../bugs/catalogue.ts";
import { NO_FAULTS } from "../hunt/machine/hunt_machine.ts";
import { hunt } from "../hunt/search/hunt.ts";
import type { HuntOutcome } from "../hunt/search/outcome.ts";
import { seededBug } from "./common/arguments.ts";
import { EXIT_CLEAN, EXIT_INTERNAL } from "./common/exit_codes.ts";
import { runCommand } from "./common/run_command.ts";
import { commandNamed } from "./common/command.ts";

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

/**
 * `npm run corpus [-- BUG...]`: hunt for seeded bugs, all if none is named, and keep what is found in test/corpus. Returns the
 * exit code.
 */
export function corpusMain(argv: readonly string[]): Promise<number> {
  return runCommand([], () => makeCorpus(command().parse([...argv]).processedArgs[0] as Bug[]));
}

function command(): Command {
  return commandNamed(
    "corpus.ts",
    `Hunt for seeded bugs, all if none is named, and keep the smallest schedule that shows each in ${DIRECTORY}.`,
  ).argument(
    "[bug...]",
    "some of those that hunt.ts --list shows",
    (name: string, before: readonly Bug[]) => [...before, seededBug(name)],
    [],
  );
}

/** @param asked all of them if empty */
async function makeCorpus(asked: readonly Bug[]): Promise<number> {
  mkdirSync(DIRECTORY, { recursive: true });
  let exitCode = EXIT_CLEAN;
  for (const bug of asked.length === 0 ? BUGS : asked) {
    const machine = {
      driver: bug.driver,
      play: bug.play,
      gpus: 2,
      cpus: 2,
      skip: [],
      faults: { ...NO_FAULTS, ...bug.faults },
    };
    const entry = entryOf(
      bug.name,
      await hunt({
        machines: [machine],
        bug,
        bundle: await explorerBundle(bug),
        strategy: { name: "portfolio", seed: 1 },
        schedules: 5000,
        seconds: 120,
        jobs: 1,
        keepGoing: false,
      }),
    );
    if (entry === null) exitCode = EXIT_INTERNAL;
    else writeFileSync(`${DIRECTORY}/${bug.name}.json`, `${JSON.stringify(entry, null, 2)}\n`);
    process.stdout.write(
      entry === null
        ? `${bug.name}: not found\n`
        : `${bug.name}: ${entry.rule}, ${entry.steps} steps, ${entry.switches} switches\n`,
    );
  }
  return exitCode;
}

function entryOf(bug: string, { parts: [{ finding }] }: HuntOutcome): CorpusEntry | null {
  if (finding === null || finding.explanation === null) return null;
  const { kind, rule } = finding.failure;
  const {
    minimised: { steps, switches },
    depth,
    token,
  } = finding.explanation;
  return { bug, kind, rule, steps, switches, depth, token };
}
