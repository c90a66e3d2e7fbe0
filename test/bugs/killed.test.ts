import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { Bug } from "../../src/bugs/bug.ts";
import { BUGS } from "../../src/bugs/catalogue.ts";
import type { KillEntry } from "../../src/cli/kills.ts";
import { explorerBundle } from "../../src/bundle/explorer_bundle.ts";
import { machineOf } from "../../src/hunt/kill/kill_matrix.ts";

type Explore = typeof import("../../workers/explore.ts");

const KILLS = JSON.parse(readFileSync(new URL("../fixtures/hunt/kills.json", import.meta.url), "utf8")) as KillEntry[];

/** An edit of the sources moves the schedule that kills: so many may follow the recorded one. */
const spare = (schedules: number) => schedules + 50;

it.each(BUGS.map((bug) => [bug.name, bug] as const))("%s is killed, by a rule that it breaks", async (_name, bug) => {
  const entry = entryOf(bug);
  const { schedulesToKill } = (await import(/* @vite-ignore */ await explorerBundle(bug))) as Explore;
  const schedules = entry.schedules + spare(entry.schedules);
  const [kill] = schedulesToKill({
    config: machineOf(bug),
    strategy: "portfolio",
    seed: entry.seed,
    seeds: 1,
    schedules,
    breaks: bug.breaks,
  });
  if (kill.schedules === null) throw new Error(staleness(bug, entry, schedules, kill.others));
  expect(kill.schedules).toBeLessThanOrEqual(schedules);
});

it("no kill is recorded of what is no bug", () => {
  expect(KILLS.map(({ bug }) => bug)).toEqual(BUGS.map(({ name }) => name));
});

it("whoever has moved a kill too far is told what to do", () => {
  const entry = { bug: "flush-skipped", seed: 1, schedules: 3, rule: "join" };
  expect(staleness({ ...BUGS[0], breaks: ["join", "I16"] }, entry, 56, ["I23"])).toBe(
    "schedule 3 of the portfolio, seed 1, broke join; now none of 56 breaks join, I16, though I23: " +
      "if sources or strategies were changed on purpose, npm run kills records it anew",
  );
});

function entryOf({ name }: Bug): KillEntry {
  const entry = KILLS.find(({ bug }) => bug === name);
  if (entry === undefined) throw new Error(`no kill of ${name} is recorded: npm run kills`);
  return entry;
}

function staleness({ breaks }: Bug, entry: KillEntry, schedules: number, others: readonly string[]): string {
  return (
    `schedule ${entry.schedules} of the portfolio, seed ${entry.seed}, broke ${entry.rule}; now none of ${schedules} ` +
    `breaks ${breaks.join(", ")}` +
    `${others.length === 0 ? "" : `, though ${others.join(", ")}`}: if sources or strategies were changed on purpose, ` +
    "npm run kills records it anew"
  );
}
