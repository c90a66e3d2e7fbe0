import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { explore } from "../../src/executor/explorer/explore.ts";
import { Dpor } from "../../src/executor/explorer/strategy/dpor/dpor.ts";
import { ABORT_FINISHED } from "../../src/executor/threads/abort.ts";
import { bundleWorker } from "../../src/executor/threads/bundle.ts";
import { ThreadsControl } from "../../src/executor/threads/state.ts";
import { DEFAULT_HUNT_CONFIG, type HuntConfig } from "../../src/hunt/config.ts";
import { HuntSubject } from "../../src/hunt/subject.ts";
import { PlayMachine } from "../fixtures/containment/play_machine.ts";
import type { Part } from "../fixtures/containment/play_worker.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const ROUNDS = 300;
const PATIENCE_MS = 10_000;
const [GO, DONE] = [0, 1];

/** Every outcome that there is, of all traces. */
function explored(config: HuntConfig): Set<string> {
  const machine = new PlayMachine(config);
  machine.enter(machine.setUp(new Int32Array(machine.bytes / 4))); // the process is where it always is
  const subject = new HuntSubject(config, { oracles: false, sanitizers: false });
  const outcomes = new Set<string>();
  const { exhaustive } = explore({
    subject, strategy: new Dpor(subject.words.length), seed: 1, schedules: 100_000, keepGoing: true,
    onExecution: () => outcomes.add(machine.outcome(subject.words)),
  });
  expect(exhaustive).toBe(true);
  return outcomes;
}

/** What came out on real threads: one for each CPU, one for the GPU. */
async function observed(config: HuntConfig): Promise<Set<string>> {
  const machine = new PlayMachine(config);
  const memory = new SharedArrayBuffer(machine.bytes);
  const words = new Int32Array(memory);
  const process = machine.setUp(words);
  const image = words.slice();
  const control = new SharedArrayBuffer(8);
  const gate = new Int32Array(control);
  const bootNs = globalThis.process.hrtime.bigint();
  const entry = fileURLToPath(new URL("../fixtures/containment/play_worker.ts", import.meta.url));
  const bundle = await bundleWorker({ root: ROOT, entry });
  const parts = [...Array.from({ length: config.cpus }, (_, cpu) => cpu), -1];
  const workers = parts.map((cpu) => new Worker(bundle, { workerData: { config, process, cpu, rounds: ROUNDS, bootNs, memory, control } satisfies Part }));
  await Promise.all(workers.map((worker) => once(worker, "online")));
  const outcomes = new Set<string>();
  try {
    for (let round = 1; round <= ROUNDS; round++) outcomes.add(await play(round));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return outcomes;

  async function play(round: number): Promise<string> {
    words.set(image);
    Atomics.store(gate, DONE, 0);
    Atomics.store(gate, GO, round);
    Atomics.notify(gate, GO);
    await until(() => Atomics.load(gate, DONE) === config.cpus && machine.isAtRest(words), gate); // the CPUs end by themselves
    Atomics.store(words, machine.threads.control + ThreadsControl.abort, ABORT_FINISHED);
    Atomics.add(words, machine.world.gpus[0].doorbell, 1);
    Atomics.notify(words, machine.world.gpus[0].doorbell);
    await until(() => Atomics.load(gate, DONE) === parts.length, gate);
    return machine.outcome(words);
  }
}

/** Outcomes that cannot be. */
function outside(seen: ReadonlySet<string>, possible: ReadonlySet<string>): string[] {
  return [...seen].filter((outcome) => !possible.has(outcome));
}

async function until(condition: () => boolean, gate: Int32Array): Promise<void> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  while (!condition()) {
    if (performance.now() > deadlineMs) throw new Error("a round hangs");
    Atomics.wait(gate, DONE, Atomics.load(gate, DONE), 0.1);
  }
}

/** Small enough to be explored whole with one CPU and one GPU. */
const PLAYS = ["unmap", "overlap", "remove"];
const CASES = ["two-pass", "single-pass"].flatMap((driver) => PLAYS.map((scenario) => smallMachine(driver, scenario)));

function smallMachine(driver: string, scenario: string): HuntConfig {
  return { ...DEFAULT_HUNT_CONFIG, driver, scenario, gpus: 1, cpus: 1 };
}

describe("what a machine of real threads produces is among what exhaustive exploration produces", () => {
  it.each(CASES.map((config) => [`${config.driver} in ${config.scenario}`, config] as const))("%s", async (_name, config) => {
    const possible = explored(config);
    const seen = await observed(config);
    expect(outside(seen, possible)).toEqual([]);
  }, 60_000);

  it("an outcome that cannot be is told from those that can: a translation that outlived its page", () => {
    const possible = explored(CASES[0]);
    const [one] = possible;
    const forged = one.replace(/translations \d+/, "translations 1");
    expect(possible.size).toBeGreaterThan(1);
    expect(outside(new Set([one, forged]), possible)).toEqual([forged]);
  });
});
