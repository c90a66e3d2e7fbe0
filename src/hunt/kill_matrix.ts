import type { Bug } from "../bugs/bug.ts";
import type { KillCell, KillMatrix, KillRow } from "../report/kill_matrix.ts";
import { medianOf } from "./median.ts";
import { explorerBundle } from "./bundle.ts";
import { DEFAULT_HUNT_CONFIG, NO_FAULTS, type HuntConfig } from "./config.ts";
import { groundsOf } from "./grounds.ts";
import type { KillTask } from "./kill.ts";
import { Workers } from "./workers.ts";

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

/** The sources with each bug against each strategy, then the correct designs with the portfolio. What was interrupted has fewer rows. */
export async function killMatrix(options: KillMatrixOptions, { onProgress, signal }: KillMatrixHooks): Promise<KillMatrix> {
  const { bugs, strategies, seeds, schedules } = options;
  const rows: KillRow[] = [];
  for (const [index, bug] of bugs.entries()) {
    if (signal.aborted) break;
    onProgress(bug.name, index / (bugs.length + 1));
    const config = { ...DEFAULT_HUNT_CONFIG, driver: bug.driver, scenario: bug.play, faults: { ...NO_FAULTS, ...bug.faults } };
    const cells = await bugCells(bug, config, options);
    rows.push({ bug: bug.name, origin: bug.origin, driver: bug.driver, scenario: bug.play, cells });
  }
  if (!signal.aborted) onProgress("the correct designs", bugs.length / (bugs.length + 1));
  const alarms = signal.aborted ? null : await falseAlarms(options);
  return { strategies, seeds, schedules, rows, alarms, interrupted: signal.aborted };
}

async function bugCells(bug: Bug, config: HuntConfig, { strategies, seeds, schedules, jobs }: KillMatrixOptions): Promise<KillCell[]> {
  const tasks = strategies.map((strategy): KillTask => ({ config, strategy, seed: 1, seeds, schedules }));
  const kills = await spread<(number | null)[]>(bug, jobs, tasks);
  return kills.map((counts, i) => {
    const { median, low, high } = medianOf(counts);
    return { strategy: strategies[i], killed: counts.filter((count) => count !== null).length, median, low, high, counts };
  });
}

/** Correct designs in which something was found: there should be none. All seeds together have the schedules of one seed of a cell. */
async function falseAlarms({ seeds, schedules, jobs }: KillMatrixOptions): Promise<string[]> {
  const configs = groundsOf({ driver: null, scenario: null, gpus: DEFAULT_HUNT_CONFIG.gpus, cpus: DEFAULT_HUNT_CONFIG.cpus });
  const tasks = configs.map((config): KillTask => ({ config, strategy: "portfolio", seed: 1, seeds, schedules: Math.ceil(schedules / seeds) }));
  const kills = await spread<(number | null)[]>(null, jobs, tasks);
  return configs.filter((_, i) => kills[i].some((count) => count !== null)).map(({ driver, scenario }) => `${driver} in ${scenario}`);
}

/** Run the tasks in workers that have the bug, one after the other in each. */
async function spread<T>(bug: Bug | null, jobs: number, tasks: readonly KillTask[]): Promise<T[]> {
  const workers = new Workers(await explorerBundle(bug), jobs);
  const results: T[] = [];
  let next = 0;
  const serve = async (worker: number) => {
    for (let task = next++; task < tasks.length; task = next++) results[task] = await workers.run<T>(worker, "schedulesToKill", tasks[task]);
  };
  try {
    await Promise.all(Array.from({ length: jobs }, (_, worker) => serve(worker)));
    return results;
  } finally {
    await workers.close();
  }
}
