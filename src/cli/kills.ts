import type { Command } from "commander";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Bug } from "../bugs/bug.ts";
import { BUGS } from "../bugs/catalogue.ts";
import { explorerBundle } from "../bundle/explorer_bundle.ts";
import type { Kill, KillTask } from "../hunt/kill/kill.ts";
import { machineOf } from "../hunt/kill/kill_matrix.ts";
import { EXIT_CLEAN, EXIT_VIOLATION } from "./common/exit_codes.ts";
import { withTitle } from "../report/rule_text.ts";
import { runCommand } from "./common/run_command.ts";
import { commandNamed } from "./common/command.ts";

/** How a seeded bug was killed: by the portfolio, in this schedule, counted from 1. */
export interface KillEntry {
  readonly bug: string;
  readonly seed: number;
  readonly schedules: number;
  readonly rule: string;
}

const FILE = "test/fixtures/hunt/kills.json";
const SEED = 1;
/** Far more than a minute's. */
const SCHEDULES = 100_000;
/** Every bug has to be killed within so many seconds of one core. */
const BAR_SECONDS = 60;

/** `npm run kills`: kill each seeded bug once, keep how in test/fixtures, and print what it took. Returns the exit code. */
export function killsMain(argv: readonly string[]): Promise<number> {
  return runCommand([], () => {
    command().parse([...argv]);
    return killAll();
  });
}

function command(): Command {
  return commandNamed("kills.ts", `Kill each seeded bug once, keep how in ${FILE}, and print what it took. Takes minutes.`);
}

async function killAll(): Promise<number> {
  const entries: KillEntry[] = [];
  let worstSeconds = 0;
  process.stdout.write("| bug | rule | schedules | CPU s |\n|---|---|---:|---:|\n");
  for (const bug of BUGS) {
    const {
      kill: { schedules, rule },
      seconds,
    } = await killOf(bug);
    process.stdout.write(
      `| ${bug.name} | ${rule === null ? "SURVIVES" : withTitle(rule)} | ${schedules ?? SCHEDULES} | ${seconds.toFixed(1)} |\n`,
    );
    worstSeconds = Math.max(worstSeconds, schedules === null ? Infinity : seconds);
    if (schedules !== null && rule !== null) entries.push({ bug: bug.name, seed: SEED, schedules, rule });
  }
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(FILE, `[\n${entries.map((entry) => `  ${JSON.stringify(entry)}`).join(",\n")}\n]\n`);
  return worstSeconds <= BAR_SECONDS ? EXIT_CLEAN : EXIT_VIOLATION;
}

/**
 * In this process, so that its processor time, the preparation of the machine and of the strategies included, is what it took.
 */
async function killOf(bug: Bug): Promise<{ kill: Kill; seconds: number }> {
  const { schedulesToKill } = (await import(await explorerBundle(bug))) as { schedulesToKill: (task: KillTask) => Kill[] };
  const before = process.cpuUsage();
  const [kill] = schedulesToKill({
    config: machineOf(bug),
    strategy: "portfolio",
    seed: SEED,
    seeds: 1,
    schedules: SCHEDULES,
    breaks: bug.breaks,
  });
  const { user, system } = process.cpuUsage(before);
  return { kill, seconds: (user + system) / 1e6 };
}
