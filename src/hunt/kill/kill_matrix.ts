import type { Bug } from "../../bugs/bug.ts";
import type { KillCell, KillMatrix, KillRow } from "../../report/kill_matrix.ts";
import { explorerBundle } from "../../bundle/explorer_bundle.ts";
import { DEFAULT_HUNT_MACHINE, NO_FAULTS, type HuntMachine } from "../machine/hunt_machine.ts";
import type { Kill, KillTask } from "./kill.ts";
import { ENOUGH_FOR_AN_INTERVAL, medianOf } from "./median.ts";
import { Workers } from "../search/workers.ts";

/** Which bugs, which strategies, and how much each may try. */
export interface KillMatrixOptions {
  readonly bugs: readonly Bug[];
  readonly strategies: readonly string[];
  readonly seeds: number;
  readonly schedules: number;
  readonly jobs: number;
}

export interface KillMatrixHooks {
  /** Before each row: what it is about, and how much of the matrix is done (0 to 1). */
  readonly onProgress: (what: string, fraction: number) => void;
  readonly signal: AbortSignal;
}

/** A row to be: the sources with a bug, or without any, and where they are hunted. */
interface Entry {
  readonly bug: Bug | null;
  readonly config: HuntMachine;
}

/**
 * The sources with each bug, then the correct ones wherever a bug was hunted, by each strategy with the same budget. The same for
 * any number of jobs. What was interrupted has the rows that were finished.
 */
export async function killMatrix(options: KillMatrixOptions, hooks: KillMatrixHooks): Promise<KillMatrix> {
  const entries = entriesOf(options.bugs);
  const rows: KillRow[] = [];
  for (const [index, entry] of entries.entries()) {
    const { bug, config } = entry;
    hooks.onProgress(bug?.name ?? `correct ${config.driver} in ${config.play}`, index / entries.length);
    const kills = await killsOf(entry, options, hooks.signal);
    if (kills === null) break;
    rows.push({
      bug: bug?.name ?? null,
      origin: bug?.origin ?? null,
      driver: config.driver,
      scenario: config.play,
      faults: faultsOf(config),
      cells: kills.map((cell, i) => cellOf(options.strategies[i], cell)),
    });
  }
  const { strategies, seeds, schedules } = options;
  return {
    strategies,
    seeds,
    schedules,
    hasInterval: seeds >= ENOUGH_FOR_AN_INTERVAL,
    rows,
    interrupted: rows.length < entries.length,
  };
}

/** Where a bug is hunted. */
export function machineOf({ driver, play, faults }: Bug): HuntMachine {
  return { ...DEFAULT_HUNT_MACHINE, driver, play, faults: { ...NO_FAULTS, ...faults } };
}

function faultsOf({ faults }: HuntMachine): Record<string, number> {
  return Object.fromEntries(Object.entries(faults).filter(([, percent]) => percent > 0));
}

/** Each bug, and then each machine of theirs once, without a bug. */
function entriesOf(bugs: readonly Bug[]): Entry[] {
  const seeded = bugs.map((bug) => ({ bug, config: machineOf(bug) }));
  const machines = new Map(seeded.map(({ config }) => [JSON.stringify(config), config]));
  return [...seeded, ...Array.from(machines.values(), (config) => ({ bug: null, config }))];
}

/** By strategy, each cell in a worker that has the bug; null if it was interrupted. */
async function killsOf({ bug, config }: Entry, options: KillMatrixOptions, signal: AbortSignal): Promise<Kill[][] | null> {
  const { strategies, seeds, schedules, jobs } = options;
  const bundle = await explorerBundle(bug);
  if (signal.aborted) return null;
  const workers = new Workers(bundle, Math.min(jobs, strategies.length));
  const interrupt = () => void workers.close(); // what they run is ended at once
  signal.addEventListener("abort", interrupt);
  try {
    const tasks = strategies.map((strategy): KillTask => ({
      config,
      strategy,
      seed: 1,
      seeds,
      schedules,
      breaks: bug?.breaks ?? null,
    }));
    return await spread(workers, tasks);
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  } finally {
    signal.removeEventListener("abort", interrupt);
    await workers.close();
  }
}

/** Run the tasks in whatever worker is free. */
async function spread(workers: Workers, tasks: readonly KillTask[]): Promise<Kill[][]> {
  const results: Kill[][] = [];
  let next = 0;
  const serve = async (worker: number) => {
    for (let task = next++; task < tasks.length; task = next++)
      results[task] = await workers.run<Kill[]>(worker, "schedulesToKill", tasks[task]);
  };
  await Promise.all(Array.from({ length: workers.jobs }, (_, worker) => serve(worker)));
  return results;
}

function cellOf(strategy: string, kills: readonly Kill[]): KillCell {
  const counts = kills.map(({ schedules }) => schedules);
  const { median, low, high } = medianOf(counts);
  const killed = counts.filter((count) => count !== null).length;
  return {
    strategy,
    killed,
    median,
    low,
    high,
    counts,
    rules: tally(kills.flatMap(({ rule }) => rule ?? [])),
    others: tally(kills.flatMap(({ others }) => others)),
  };
}

/** How often each occurs, by name. */
function tally(names: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const name of names.toSorted()) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries(counts);
}
