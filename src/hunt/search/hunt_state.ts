import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { StrategySpec } from "../../executor/explorer/strategy/kind.ts";
import type { HuntOptions } from "./options.ts";
import type { ParallelHuntState } from "./parallel.ts";

/** How far a hunt by an exhaustive strategy is: another process can go on from it. Plain data. */
export interface HuntState {
  /** What is hunted through, and how. */
  readonly identity: HuntIdentity;
  /** Time that was spent so far, in milliseconds. */
  readonly exploredMs: number;
  /** By machine; null: not come to. One that has failed is as it was before: whoever goes on meets the failure again. */
  readonly machines: readonly (ParallelHuntState | null)[];
}

/** All that decides what the executions of a hunt are. */
export interface HuntIdentity extends Pick<HuntOptions, "machines">, Omit<StrategySpec, "name"> {
  /** Its name. */
  readonly strategy: string;
  readonly bug: string | null;
  /** Hash of all that runs. */
  readonly sources: string;
}

export function identityOf({ machines, strategy, bug, bundle }: HuntOptions): HuntIdentity {
  const { name, ...bounds } = strategy;
  return { machines, strategy: name, ...bounds, bug: bug?.name ?? null, sources: hashOf(bundle) };
}

/** Why one hunt cannot go on from what the other one has left; null if it can. */
export function differenceOf(left: HuntIdentity, identity: HuntIdentity): string | null {
  for (const [key, value] of Object.entries(identity)) {
    const [there, here] = [JSON.stringify(left[key as keyof HuntIdentity]), JSON.stringify(value)];
    if (there !== here) return DIFFERENCES[key] ?? `it is of another hunt: its ${key} is ${there}, not ${here}`;
  }
  return null;
}

/** What is too long to be shown. */
const DIFFERENCES: Readonly<Record<string, string>> = {
  machines: "it is of another hunt: its drivers, scenarios or machine are not the same",
  sources: "the sources have changed since",
};

/** Without the last lines, which name the map by the bundle. */
function hashOf(bundle: string): string {
  const text = readFileSync(bundle, "utf8").replace(/\/\/# sourceMappingURL=[^]*$/, "");
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
