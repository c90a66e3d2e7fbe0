import { explore } from "../../executor/explorer/engine/explore.ts";
import { createStrategy } from "../../executor/explorer/strategy/catalogue.ts";
import type { StrategySpec } from "../../executor/explorer/strategy/kind.ts";
import { profileOf, type Profile } from "../../executor/explorer/strategy/profile.ts";
import type { Subject } from "../../executor/explorer/engine/subject.ts";
import type { SctProgram } from "./programs.ts";

/** By their names in the published tables. */
const COLUMNS: Readonly<Record<string, Omit<StrategySpec, "seed">>> = {
  surw: { name: "surw" },
  urw: { name: "urw" },
  pos: { name: "pos" },
  "pct-3": { name: "pct", depth: 3 },
  "pct-10": { name: "pct", depth: 10 },
  random: { name: "random" },
};
export const SCT_STRATEGIES: readonly string[] = Object.keys(COLUMNS);

/** Schedules to the first bug. */
export interface FirstBug {
  /** Over those seeds that found it; null if none did. */
  readonly mean: number | null;
  readonly found: number;
}

/** Over seeds 1 to `seeds`, each with at most `schedules` executions. */
export function firstBug({ make }: SctProgram, strategy: string, seeds: number, schedules: number): FirstBug {
  const counts: number[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const subject = make();
    const { found } = explore({
      subject,
      strategy: createStrategy({ ...COLUMNS[strategy], seed }, subject, () => publishedProfile(subject, seed)),
      seed,
      schedules,
    });
    if (found.length > 0) counts.push(found[0].index + 1);
  }
  const sum = counts.reduce((total, count) => total + count, 0);
  return { mean: counts.length === 0 ? null : sum / counts.length, found: counts.length };
}

/**
 * The published harness takes no note of the end of a thread; here it is a step, since join waits for it, but it counts for
 * nothing.
 */
function publishedProfile(subject: Subject, seed: number): Profile {
  const profile = profileOf(subject, seed);
  const tasks = new Map(
    [...profile.tasks].map(([name, { steps, parent }]) => [name, { parent, steps: parent === null ? steps : steps - 1 }]),
  );
  return { ...profile, tasks };
}
