import { describe, expect, it } from "vitest";
import { explorerBundle } from "../../../src/bundle/explorer_bundle.ts";
import { bugNamed } from "../../../src/bugs/catalogue.ts";
import { hunt } from "../../../src/hunt/search/hunt.ts";
import { machinesOf } from "../../../src/hunt/search/machines.ts";
import type { HuntOptions } from "../../../src/hunt/search/options.ts";
import type { HuntOutcome, HuntProgress } from "../../../src/hunt/search/outcome.ts";

const CLEAN: HuntOptions = {
  machines: machinesOf({ driver: null, play: "tiny", gpus: 1, cpus: 2 }).slice(0, 2),
  bug: null,
  bundle: await explorerBundle(null),
  strategy: { name: "portfolio", seed: 1 },
  schedules: 60,
  seconds: null,
  jobs: 1,
  keepGoing: false,
};

/** All of an outcome that does not depend on the clock, byte by byte. */
function text(outcome: HuntOutcome): string {
  return JSON.stringify({ ...outcome, exploredMs: 0 });
}

describe("a hunt", () => {
  it("comes to the same, whatever the number of jobs", async () => {
    const options = { ...CLEAN, machines: CLEAN.machines.slice(0, 1), schedules: 40 };
    const [one, ...more] = await Promise.all([1, 2, 3].map((jobs) => hunt({ ...options, jobs })));
    expect(one).toMatchObject({ figures: { schedules: 40 }, parts: [{ finding: null }], interrupted: false });
    expect(more.map(text)).toEqual(more.map(() => text(one)));
  });

  it("finds the same, whatever the number of jobs, with the bug in all that runs", async () => {
    const bug = bugNamed("flush-skipped");
    const bundle = await explorerBundle(bug);
    const machines = machinesOf({ driver: bug.driver, play: null, gpus: 1, cpus: 2 }).slice(0, 2);
    const [one, two] = await Promise.all(
      [1, 2].map((jobs) => {
        const interrupt = new AbortController();
        const onProgress = ({ found }: HuntProgress) => {
          if (found !== null) interrupt.abort();
        }; // it need not be looked into
        return hunt({ ...CLEAN, machines, bug, bundle, jobs }, { onProgress, signal: interrupt.signal });
      }),
    );
    const [{ finding }, untouched] = one.parts;
    expect(finding).toMatchObject({ failure: { rule: "join" }, explanation: null });
    expect(untouched).toMatchObject({ finding: null, figures: { schedules: 0 }, statement: ["Nothing was run."] });
    expect(text(two)).toBe(text(one));
  });

  it("explores as many configurations at once as there are jobs, and comes to the same", async () => {
    const machines = machinesOf({ driver: null, play: "tiny", gpus: 1, cpus: 1 });
    const options = { ...CLEAN, machines, strategy: { name: "dpor", seed: 1 }, schedules: 60 };
    const [one, ...more] = await Promise.all([1, 2].map((jobs) => hunt({ ...options, jobs })));
    expect(one.parts.map(({ figures }) => figures.schedules)).toEqual(machines.map(() => 60));
    expect(more.map(text)).toEqual(more.map(() => text(one)));
  });

  it("forgets what was explored beside a failure that ends it", async () => {
    const machines = machinesOf({ driver: "xe-userptr", play: "late-flush", gpus: 1, cpus: 1 });
    const options = { ...CLEAN, machines: [...machines, ...CLEAN.machines], strategy: { name: "dpor", seed: 1 }, schedules: 100 };
    const [one, two] = await Promise.all(
      [1, 2].map((jobs) => {
        const interrupt = new AbortController();
        const onProgress = ({ found }: HuntProgress) => {
          if (found !== null) interrupt.abort();
        };
        return hunt({ ...options, jobs }, { onProgress, signal: interrupt.signal });
      }),
    );
    expect(one.parts.map(({ finding, figures }) => [finding?.failure.rule, figures.schedules > 0])).toEqual([
      ["I18", true],
      [undefined, false],
      [undefined, false],
    ]);
    expect(text(two)).toBe(text(one));
  });

  it("takes turns, and reports how far it is", async () => {
    const seen: HuntProgress[] = [];
    const outcome = await hunt(
      { ...CLEAN, schedules: 150 },
      {
        onProgress: (progress) => {
          seen.push(progress);
        },
      },
    );
    expect(seen.map(({ machine, schedules }) => [machine.driver, schedules])).toEqual([
      ["two-pass", 128],
      ["single-pass", 256],
      ["two-pass", 278],
      ["single-pass", 300],
    ]);
    expect(outcome.figures.schedules).toBe(300);
    expect(outcome.statement).toHaveLength(1);
  });

  it("keeps what it has when it is interrupted", async () => {
    const interrupt = new AbortController();
    const outcome = await hunt(
      { ...CLEAN, schedules: null },
      {
        signal: interrupt.signal,
        onProgress: () => {
          interrupt.abort();
        },
      },
    );
    expect(outcome).toMatchObject({ interrupted: true, exhaustive: false });
    expect(outcome.parts.map(({ figures }) => figures.schedules)).toEqual([128, 0]);
  });

  it("that is to give each a turn does so, however little time it has", async () => {
    const turns: number[] = [];
    const outcome = await hunt(
      { ...CLEAN, schedules: null, seconds: 0.001, everyTurn: true },
      { onProgress: (progress) => void turns.push(progress.turns) },
    );
    expect(outcome.parts.map(({ figures }) => figures.schedules)).toEqual([128, 128]);
    expect(turns).toEqual([1, 2]);
  });

  it("ends when its time is over", async () => {
    const outcome = await hunt({ ...CLEAN, strategy: { name: "random", seed: 1 }, schedules: null, seconds: 0.5 });
    expect(outcome.interrupted).toBe(false);
    expect(outcome.figures.schedules).toBeGreaterThan(0);
  });
});
