import { describe, expect, it } from "vitest";
import type { Experiment } from "../../src/compare/experiment.ts";
import { scaling } from "../../src/compare/experiments/scaling.ts";
import { compare, TrialError, type CompareProgress, type ComparePlan, type TrialRunner } from "../../src/compare/run.ts";
import { SimulatorRunner } from "../../src/compare/simulator_runner.ts";
import type { Trial } from "../../src/compare/trial.ts";
import { DEFAULT_COSTS } from "../../src/executor/simulator/costs.ts";
import { measured } from "../report/comparisons.ts";

const OPTIONS = { designs: ["two-pass", "single-pass"], gpus: [1, 3], tlbLatencyUs: [10], cpus: 1, seed: 7 };
const SCALING: ComparePlan = { experiments: [scaling], options: OPTIONS, change: {} };

async function simulated(jobs: number, plan: ComparePlan, costs = DEFAULT_COSTS) {
  const runner = await SimulatorRunner.start(jobs, costs, []);
  try {
    return await compare(plan, runner);
  } finally {
    await runner.close();
  }
}

/** Measures nothing, but says what it was given. */
class FakeRunner implements TrialRunner {
  readonly jobs = 1;
  readonly given: Trial[] = [];
  isClosed = false;
  readonly #onTrial: (index: number) => void;

  constructor(onTrial: (index: number) => void = () => undefined) {
    this.#onTrial = onTrial;
  }

  measure(trial: Trial) {
    this.given.push(trial);
    this.#onTrial(this.given.length - 1);
    return this.isClosed ? Promise.reject(new Error("closed")) : Promise.resolve(measured(trial.config.gpus, 1));
  }

  close() {
    this.isClosed = true;
    return Promise.resolve();
  }
}

describe("a comparison in virtual time", () => {
  it("comes to the same, to the byte, with one worker and with two", async () => {
    const [one, two] = [await simulated(1, SCALING), await simulated(2, SCALING)];
    expect(JSON.stringify(two.experiments)).toBe(JSON.stringify(one.experiments));
    expect(one.experiments[0].trials).toHaveLength(4);
    expect(one.experiments[0].trials.every(({ measured: { isOver, invalidations } }) => isOver && invalidations > 0)).toBe(true);
  });

  it("goes by the costs that it is given, and by GPUs that differ", async () => {
    const alone = { ...SCALING, options: { ...OPTIONS, designs: ["two-pass"], gpus: [2] } };
    const p50 = async (plan: ComparePlan, costs = DEFAULT_COSTS) =>
      (await simulated(1, plan, costs)).experiments[0].trials[0].measured.wholeUs.p50;
    const usual = await p50(alone);
    expect(await p50(alone, { ...DEFAULT_COSTS, wakeUpNs: 1_000_000 })).toBeGreaterThan(usual + 900);
    expect(await p50({ ...alone, change: { profiles: [{ tlbLatencyUs: 10 }, { tlbLatencyUs: 500 }] } })).toBeGreaterThan(500);
  });

  it("names the trial that throws", async () => {
    const plan = { ...SCALING, options: { ...OPTIONS, designs: ["two-pass", "no-such-design"] } };
    const failure = simulated(2, plan).catch((error: unknown) => error);
    expect(await failure).toBeInstanceOf(TrialError);
    expect(String(await failure)).toMatch(/scaling, .*design no-such-design.*: driver: no such design/);
  });
});

describe("the trials of several experiments", () => {
  const five = { ...OPTIONS, gpus: [5] };
  const other: Experiment = {
    ...scaling,
    name: "other",
    trials: () => scaling.trials(five),
    conclude: (results) => scaling.conclude(results, five),
  };
  const plan = { ...SCALING, experiments: [scaling, other] };

  it("are run in order, and each experiment is given its own", async () => {
    const runner = new FakeRunner();
    const seen: CompareProgress[] = [];
    const { experiments, trials, interrupted } = await compare(plan, runner, { onProgress: (now) => seen.push(now) });
    expect(runner.given.map(({ config }) => config.gpus)).toEqual([1, 3, 1, 3, 5, 5]);
    expect(experiments.map(({ name, trials: own }) => [name, own.map(({ measured: { wholeUs } }) => wholeUs.p50)])).toEqual([
      ["scaling", [1, 3, 1, 3]],
      ["other", [5, 5]],
    ]);
    expect(trials).toHaveLength(6);
    expect(interrupted).toBe(false);
    expect(seen.at(0)).toMatchObject({ done: 0, trials: 6, fraction: 0 });
    expect(seen.at(-1)).toMatchObject({ done: 6, trials: 6, fraction: 1 });
  });

  it("that were interrupted leave what was measured, and no answer", async () => {
    const abort = new AbortController();
    const runner = new FakeRunner((index) => {
      if (index === 5) abort.abort();
    });
    const { experiments, trials, interrupted } = await compare(plan, runner, { signal: abort.signal });
    expect(interrupted).toBe(true);
    expect(trials).toHaveLength(5);
    expect(experiments.map(({ name }) => name)).toEqual(["scaling", "other"]);
    expect(experiments[0].plots).toHaveLength(1);
    expect(experiments[1]).toMatchObject({ plots: [], answer: ["Interrupted after 1 of 2 trials: no answer."] });
    expect(experiments[1].table.rows).toHaveLength(1);
  });

  it("that were interrupted at once leave nothing", async () => {
    const { experiments, trials } = await compare(plan, new FakeRunner(), { signal: AbortSignal.abort() });
    expect({ experiments, trials }).toEqual({ experiments: [], trials: [] });
  });
});

it("leaves GPUs as an experiment wants them", async () => {
  const profiles = [{ tlbLatencyUs: 1 }];
  const own: Experiment = {
    ...scaling,
    trials: (options) => scaling.trials(options).map((trial) => Object.assign(trial, { config: { ...trial.config, profiles } })),
  };
  const runner = new FakeRunner();
  await compare({ ...SCALING, experiments: [own, scaling], change: { profiles: [{ tlbLatencyUs: 2 }] } }, runner);
  expect(runner.given.map(({ config }) => config.profiles?.[0].tlbLatencyUs)).toEqual([1, 1, 1, 1, 2, 2, 2, 2]);
});
