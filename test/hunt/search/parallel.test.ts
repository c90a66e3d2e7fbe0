import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { explore } from "../../../src/executor/explorer/engine/explore.ts";
import { createStrategy } from "../../../src/executor/explorer/strategy/catalogue.ts";
import { bundleWorker } from "../../../src/bundle/bundle.ts";
import { ParallelHunt, type ParallelHuntState } from "../../../src/hunt/search/parallel.ts";
import type { Search } from "../../../src/hunt/search/round.ts";
import { Workers } from "../../../src/hunt/search/workers.ts";
import { PROGRAMS } from "../../fixtures/hunt/programs.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const JOBS = [1, 2, 3];
const pools: Workers[] = [];
let ids = 0;

beforeAll(async () => {
  const file = await bundleWorker({ root: ROOT, entry: `${ROOT}test/fixtures/hunt/worker.ts` });
  pools.push(...JOBS.map((jobs) => new Workers(file, jobs)));
});

afterAll(async () => {
  await Promise.all(pools.map((workers) => workers.close()));
});

function search(subject: string, strategy: string, seed: number): Search {
  return { subject, strategy: { name: strategy, seed }, spuriousPercent: 0 };
}

/** Everything that a hunt comes to, as text. */
async function outcome(what: Search, workers: Workers, schedules: number, isSpread = true): Promise<string> {
  const hunt = new ParallelHunt(ids++, what, workers, isSpread);
  for (let run = 0; run < schedules && !hunt.isOver; run = hunt.statistics.schedules) await hunt.round(schedules);
  return textOf(hunt);
}

function textOf({ found, exhaustive, statistics, runs }: ParallelHunt): string {
  return JSON.stringify({ found, exhaustive, figures: statistics.figures(), runs: [...runs].toSorted() });
}

describe("a hunt spread over workers", () => {
  it.each(["random", "feedback", "portfolio", "dpor"])("comes to the same, whatever their number: %s", async (strategy) => {
    for (const subject of ["reorder", "staged", "counters"]) {
      const what = search(subject, strategy, 5);
      const [one, ...more] = await Promise.all(pools.map((workers) => outcome(what, workers, 2000)));
      expect(more).toEqual(more.map(() => one));
      expect(await outcome(what, pools[2], 2000, false), "by one worker of several").toBe(one);
    }
  });

  it.each(["random", "feedback", "portfolio"])("finds what one thread finds: %s", async (strategy) => {
    const what = search("reorder", strategy, 5);
    const hunt = new ParallelHunt(ids++, what, pools[1], true);
    for (let round = 0; round < 40 && !hunt.isOver; round++) await hunt.round(20_000);
    const subject = PROGRAMS["reorder"]();
    const { found } = explore({ subject, strategy: createStrategy(what.strategy, subject), seed: 5, schedules: 20_000 });
    expect(hunt.found).toEqual(found[0]);
    expect(hunt.statistics.schedules).toBe(found[0].index + 1);
  });

  it("knows that everything was explored, and how much that was", async () => {
    const hunt = new ParallelHunt(ids++, search("counters", "dpor", 1), pools[1], true);
    for (let round = 0; round < 10 && !hunt.isOver; round++) await hunt.round(Infinity);
    expect(hunt).toMatchObject({ exhaustive: true, found: null, estimate: { executions: 90, done: 1 } });
    expect(hunt.statistics.figures()).toMatchObject({ schedules: 90, traces: { unique: 90 } });
  });

  it("can be stopped, and keeps what it has", async () => {
    const hunt = new ParallelHunt(ids++, search("counters", "random", 1), pools[1], true);
    await hunt.round(10_000);
    const { schedules } = hunt.statistics;
    expect(schedules).toBeGreaterThan(0);
    const unfinished = hunt.round(10_000);
    hunt.stop();
    await unfinished;
    expect(hunt.statistics.schedules).toBeGreaterThanOrEqual(schedules);
    expect(hunt.isOver).toBe(false);
  });

  it.each(["dpor", "dfs", "delay", "preemption"])("goes on from what another one left, to the same end: %s", async (strategy) => {
    const what = search("counters", strategy, 1);
    const whole = await outcome(what, pools[0], 5000);
    let hunt = new ParallelHunt(ids++, what, pools[0], true);
    for (let round = 1; !hunt.isOver; round++) {
      await hunt.round(round * 37);
      const state = JSON.stringify(await hunt.state());
      hunt = new ParallelHunt(ids++, what, pools[round % 3], true);
      await hunt.resume(JSON.parse(state) as ParallelHuntState);
    }
    expect(textOf(hunt)).toBe(whole);
  });

  it("hands on what the subject throws", async () => {
    await expect(new ParallelHunt(ids++, search("none", "random", 1), pools[0], true).round(10)).rejects.toThrow(
      "is not a function",
    );
  });
});
