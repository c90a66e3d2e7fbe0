import type { Play } from "./play.ts";
import { unmap } from "./unmap.ts";

const PLAYS: readonly Play[] = [unmap];

/** Names of the plays, the default first. */
export const HUNT_SCENARIO_NAMES: readonly string[] = PLAYS.map(({ name }) => name);

/**
 * The play of this name.
 *
 * @throws RangeError if there is none
 */
export function playOf(name: string): Play {
  const play = PLAYS.find((candidate) => candidate.name === name);
  if (play === undefined) throw new RangeError(`scenario: no such scenario: ${name}`);
  return play;
}
