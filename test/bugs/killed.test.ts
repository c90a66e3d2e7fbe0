import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { BUGS } from "../../src/bugs/catalogue.ts";
import type { KillEntry } from "../../src/cli/kills.ts";
import { explorerBundle } from "../../src/hunt/bundle.ts";
import { groundOf } from "../../src/hunt/kill_matrix.ts";

type Explore = typeof import("../../workers/explore.ts");

const KILLS = JSON.parse(readFileSync(new URL("../fixtures/hunt/kills.json", import.meta.url), "utf8")) as KillEntry[];

/** An edit of the sources moves the schedule that kills: so many may follow the recorded one. */
const spare = (schedules: number) => schedules + 50;

it.each(BUGS.map((bug) => [bug.name, bug] as const))("%s is killed", async (name, bug) => {
  const entry = KILLS.find((candidate) => candidate.bug === name);
  if (entry === undefined) expect.fail(`no kill of ${name} is recorded: npm run kills`);
  const { seed, schedules, rule } = entry;
  const { schedulesToKill } = await import(/* @vite-ignore */ await explorerBundle(bug)) as Explore;
  const task = { config: groundOf(bug), strategy: "portfolio", seed, seeds: 1, schedules: schedules + spare(schedules), breaks: bug.breaks };
  const [kill] = schedulesToKill(task);
  if (kill.schedules === null) {
    expect.fail(`schedule ${schedules} of the portfolio with seed ${seed} broke ${rule}; now none of ${task.schedules} breaks ${bug.breaks.join(", ")}, `
      + `though ${kill.others.join(", ") || "nothing"}: if the sources or strategies have changed, npm run kills records it anew`);
  }
});

it("no kill is recorded of what is no bug", () => {
  expect(KILLS.map(({ bug }) => bug)).toEqual(BUGS.map(({ name }) => name));
});
