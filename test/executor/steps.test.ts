import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleWorker } from "../../src/bundle/bundle.ts";
import { Engine } from "../../src/executor/explorer/engine/engine.ts";
import { Explorer } from "../../src/executor/explorer/engine/explore.ts";
import type { Subject } from "../../src/executor/explorer/engine/subject.ts";
import { Mutex, Thread } from "../../src/executor/explorer/program/program.ts";
import { Dfs } from "../../src/executor/explorer/strategy/dfs.ts";
import { DEFAULT_COSTS } from "../../src/executor/simulator/costs.ts";
import { Simulator } from "../../src/executor/simulator/simulator.ts";
import { classesOf } from "../../src/executor/simulator/word_class.ts";
import { CpuRunner } from "../../src/executor/threads/cpu_runner.ts";
import { GpuRunner } from "../../src/executor/threads/gpu_runner.ts";
import { spawnWorker, type SpawnedWorker } from "../../src/executor/threads/spawn.ts";
import { kindOf, STEP_NAMES } from "../../src/machine/step.ts";
import { ToolError } from "../../src/machine/tool_error.ts";
import { GPUS, StepsMachine } from "../fixtures/steps/machine.ts";
import {
  BROKEN,
  EXECUTORS,
  MOST_TASKS,
  PROGRAMS,
  type BrokenProgram,
  type Executor,
  type StepsProgram,
} from "../fixtures/steps/programs.ts";
import type { StepsWorkerApi } from "../fixtures/steps/worker.ts";

/**
 * The contract of docs/steps.md: every executor means the same by a step. The same small programs run under all four; an
 * exploration of everything says what may come out, and what comes out elsewhere must be among it.
 */

const ROOT = resolve(import.meta.dirname, "../..");
/** Runs of a program where an executor has its own ideas of who comes next. */
const RUNS = 10;
/** More than any program has. */
const MOST_EXECUTIONS = 100_000;

/** Workers know programs by their numbers. */
const NUMBERED = PROGRAMS.map((small, index) => ({ index, small }));

/** A machine without threads, and the tasks of a program on it. */
class Explored implements Subject {
  readonly name: string;
  readonly machine = StepsMachine.boot();
  readonly words = this.machine.words;
  /** Steps taken, by kind. */
  readonly kinds = new Set<string>();
  readonly #program: StepsProgram;
  #engine: Engine | null = null;

  constructor(small: StepsProgram) {
    this.name = small.name;
    this.#program = small;
  }

  start(engine: Engine): void {
    this.machine.clear();
    for (const [number, body] of this.#program.tasks.entries()) {
      const task = this.machine.task(number, () => engine.nowUs);
      engine.spawn(task, body(task, this.machine.shared));
    }
    this.#engine = engine;
  }

  stepped({ lastStep }: Engine): void {
    this.kinds.add(STEP_NAMES[kindOf(lastStep)]);
  }

  failure(): null {
    return null;
  }

  finish(): null {
    return null;
  }

  nameOf(addr: number): string {
    return this.machine.layout.nameOf(addr);
  }

  outcome(): string {
    return this.machine.outcome(this.#engine!.threads.map(({ result }) => result));
  }
}

/** Everything that can come out. */
function explored(small: StepsProgram, spuriousPercent: number): string[] {
  const subject = new Explored(small);
  const explorer = new Explorer({ subject, strategy: new Dfs(), seed: 1, spuriousPercent });
  const outcomes = new Set<string>();
  for (let index = 0; ; index++) {
    if (index === MOST_EXECUTIONS) throw new Error(`${small.name}: too many executions`);
    const execution = explorer.run(index);
    if (execution === null) break;
    expect(execution).toMatchObject({ ending: "done", failure: null });
    outcomes.add(subject.outcome());
  }
  return [...outcomes].toSorted();
}

/** @param cpus that its tasks share */
function simulated(small: StepsProgram, cpus: number, seed: number): string {
  const machine = StepsMachine.boot();
  const simulator = new Simulator(machine.words, classesOf(machine.layout), DEFAULT_COSTS, cpus, seed);
  const results: number[] = [];
  for (const [number, body] of small.tasks.entries()) {
    const task = machine.task(number, () => simulator.nowNs / 1000);
    simulator.spawnOnCpu(
      number % cpus,
      task,
      (function* () {
        results[number] = yield* body(task, machine.shared);
      })(),
    );
  }
  expect(simulator.run(1e12)).toBe(true);
  return machine.outcome(results);
}

describe("the explorer explores all outcomes of", () => {
  it.each(PROGRAMS)("$name", (small) => {
    expect(explored(small, 0)).toEqual(small.outcomes.toSorted());
  });

  it.each(PROGRAMS.filter(({ spurious }) => spurious !== undefined))("$name, with spurious wake-ups", (small) => {
    expect(explored(small, 50)).toEqual([...small.outcomes, ...small.spurious!].toSorted());
  });

  it("programs that have steps of every kind among them", () => {
    const kinds = new Set<string>();
    for (const small of PROGRAMS) {
      const subject = new Explored(small);
      new Explorer({ subject, strategy: new Dfs(), seed: 1 }).run(0);
      for (const kind of subject.kinds) kinds.add(kind);
    }
    expect(STEP_NAMES.filter((name) => !kinds.has(name))).toEqual(["AWAIT"]);
  });
});

describe("the simulator comes to one of the outcomes of", () => {
  it.each(PROGRAMS)("$name", (small) => {
    for (const cpus of [MOST_TASKS, 1])
      for (let seed = 1; seed <= RUNS; seed++) expect(small.outcomes).toContain(simulated(small, cpus, seed));
  });
});

describe("threads come to one of the outcomes of", () => {
  const machine = StepsMachine.boot();
  let workers: SpawnedWorker<StepsWorkerApi>[] = [];

  beforeAll(async () => {
    const bundle = await bundleWorker({ entry: resolve(ROOT, "test/fixtures/steps/worker.ts"), root: ROOT });
    const spawn = (_: unknown, i: number) =>
      spawnWorker<StepsWorkerApi>({ name: `worker${i}`, bundle, workerData: machine.config });
    workers = Array.from({ length: MOST_TASKS }, spawn);
  });

  afterAll(() => Promise.all(workers.map((worker) => worker.stop())));

  it.each(NUMBERED)("$small.name, each task on a CPU", async ({ index, small }) => {
    for (let seed = 1; seed <= RUNS; seed++) {
      machine.clear();
      const runs = small.tasks.map((_, number) => workers[number].call((api) => api.onCpu(index, number, seed)));
      expectOneOf(small, await Promise.all(runs));
    }
  });

  it.each(NUMBERED)("$small.name, its tasks on GPUs", async ({ index, small }) => {
    for (let seed = 1; seed <= RUNS; seed++) {
      machine.clear();
      const numbers = small.tasks.map((_, number) => number);
      const runs = Array.from({ length: GPUS }, (_, gpu) => {
        const own = numbers.filter((number) => number % GPUS === gpu);
        return own.length === 0 ? [] : workers[gpu].call((api) => api.onGpu(index, own, gpu, seed));
      });
      const results = await Promise.all(runs);
      expectOneOf(
        small,
        numbers.map((number) => results[number % GPUS][number]),
      );
    }
  });

  function expectOneOf({ outcomes, spurious = [] }: StepsProgram, results: readonly number[]): void {
    expect([...outcomes, ...spurious]).toContain(machine.outcome(results));
  }
});

/** Run one task, from its beginning to its end. */
const RUN: Readonly<Record<Executor, (body: BrokenProgram["body"]) => void>> = {
  explorer(body) {
    const machine = StepsMachine.boot();
    const engine = new Engine(machine.words);
    const task = machine.task(0, () => engine.nowUs);
    engine.runAlone(engine.spawn(task, body(task, machine.shared)));
  },
  simulator(body) {
    const machine = StepsMachine.boot();
    const simulator = new Simulator(machine.words, classesOf(machine.layout), DEFAULT_COSTS, 1, 1);
    const task = machine.task(0, () => simulator.nowNs / 1000);
    simulator.spawnOnCpu(0, task, body(task, machine.shared));
    simulator.run();
  },
  "CPU thread"(body) {
    const machine = StepsMachine.boot();
    const task = machine.task(0);
    new CpuRunner(machine.thread(), task, 1).run(body(task, machine.shared));
  },
  "GPU thread"(body) {
    const machine = StepsMachine.boot();
    const task = machine.task(0);
    const runner = new GpuRunner(machine.thread(0), 1);
    runner.add(task, body(task, machine.shared));
    runner.run();
  },
};

describe.each(EXECUTORS)("the %s", (executor) => {
  it.each(BROKEN.filter(({ refusedBy }) => refusedBy.includes(executor)))("refuses $name", ({ body, message }) => {
    const run = () => RUN[executor](body);
    expect(run).toThrow(ToolError);
    expect(run).toThrow(message);
  });
});

describe("the explorer", () => {
  it.each(BROKEN.filter(({ refusedBy }) => !refusedBy.includes("explorer")))("knows $name", ({ body }) => {
    RUN.explorer(body);
  });
});

it("a task that was given up before an access may begin another", () => {
  const machine = StepsMachine.boot();
  const task = machine.task(0, () => 0);
  const body = PROGRAMS[0].tasks[0];
  const givenUp = new Engine(machine.words);
  givenUp.spawn(task, body(task, machine.shared)); // stands before its first access
  const engine = new Engine(machine.words);
  engine.runAlone(engine.spawn(task, body(task, machine.shared)));
  expect(engine.threads[0].result).toBe(4);
});

it("the mutex of small programs never excludes nobody in silence: the simulator refuses it", () => {
  const words = new Int32Array(64);
  const simulator = new Simulator(words, new Uint8Array(64), DEFAULT_COSTS, 1, 1);
  const thread: Thread = new Thread({ words, nowUs: () => 0, threads: () => 1, launch: () => thread }, 0, "locker");
  simulator.spawnOnCpu(0, thread.task, new Mutex(words, 1, 2).lock(thread));
  expect(() => simulator.run()).toThrow("locker yielded AWAIT of word 1: the simulator does not know it");
});
