import { renameSync, rmSync, writeFileSync } from "node:fs";
import type { Exhaustive } from "./exhaustive.ts";

/**
 * Read what a strategy of this name wrote.
 *
 * @throws Error if the text is something else
 */
export function parseCheckpoint<State extends { readonly strategy: string }>(text: string, name: string): State {
  const state = JSON.parse(text) as State;
  if (state.strategy !== name) throw new Error(`this is no checkpoint of ${name}, but of ${state.strategy}`);
  return state;
}

/** Write it so that there is always a whole one, whenever the process is killed. */
export function writeCheckpoint(strategy: Exhaustive, path: string): void {
  replaceFile(path, strategy.checkpoint());
}

/** Write a file so that under this name there is always a whole one: the old or the new. */
export function replaceFile(path: string, text: string): void {
  const unfinished = `${path}.new`;
  try {
    writeFileSync(unfinished, text);
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}
