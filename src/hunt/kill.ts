import { explore } from "../executor/explorer/explore.ts";
import { createStrategy } from "../executor/explorer/strategy/catalogue.ts";
import type { HuntConfig } from "./config.ts";
import { huntSubject } from "./subject.ts";

/** How soon a strategy finds something in a configuration, seed by seed. Plain data: it goes to a worker with the bug in its sources. */
export interface KillTask {
  readonly config: HuntConfig;
  readonly strategy: string;
  /** First seed, and how many. */
  readonly seed: number;
  readonly seeds: number;
  /** Executions that each seed may take. */
  readonly schedules: number;
}

/** By seed: number of the execution that failed, from 1; null if none did. */
export function schedulesToKill({ config, strategy, seed, seeds, schedules }: KillTask): (number | null)[] {
  const subject = huntSubject(config);
  return Array.from({ length: seeds }, (_, i) => {
    const options = { seed: seed + i, depth: null, preemptions: null, symmetry: false };
    const { found } = explore({
      subject, strategy: createStrategy(strategy, options, subject), seed: seed + i, schedules, spuriousPercent: config.faults.spuriousPercent,
    });
    return found.length === 0 ? null : found[0].index + 1;
  });
}
