import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import type { Bug } from "../../src/bugs/bug.ts";
import { bugNamed } from "../../src/bugs/catalogue.ts";
import { plant } from "../../src/bugs/plant.ts";
import { explore } from "../../src/executor/explorer/engine/explore.ts";
import { Dpor } from "../../src/executor/explorer/strategy/dpor/dpor.ts";
import { ABORT_FINISHED } from "../../src/executor/threads/abort.ts";
import { bundleWorker } from "../../src/bundle/bundle.ts";
import { ThreadsControl } from "../../src/executor/threads/state.ts";
import { DEFAULT_HUNT_MACHINE, type HuntMachine } from "../../src/hunt/machine/hunt_machine.ts";
import { HuntSubject } from "../../src/hunt/machine/subject.ts";
import { PlayMachine } from "../fixtures/containment/play_machine.ts";
import type { Part } from "../fixtures/containment/play_worker.ts";
import { Results } from "../fixtures/containment/results.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const ROUNDS = 300;
const PATIENCE_MS = 10_000;
const [GO, DONE] = [0, 1];

/** By configuration. */
const explorations = new Map<HuntMachine, ReadonlySet<string>>();

/** Every outcome that there is. */
function possible(config: HuntMachine): ReadonlySet<string> {
  const outcomes = explorations.get(config) ?? explored(config);
  explorations.set(config, outcomes);
  return outcomes;
}

/** Those of all traces. */
function explored(config: HuntMachine): Set<string> {
  const results = new Results(new ArrayBuffer(Results.BYTES));
  const machine = new PlayMachine(config, results);
  machine.enter(machine.setUp(new Int32Array(machine.bytes / 4))); // the process is where it always is
  const subject = new HuntSubject(machine.config, { oracles: false, sanitizers: false });
  results.listen(subject.tracer);
  const outcomes = new Set<string>();
  const { exhaustive, found } = explore({
    subject,
    strategy: new Dpor(subject.words.length),
    seed: 1,
    schedules: 100_000,
    keepGoing: true,
    onExecution: () => {
      outcomes.add(machine.outcome(subject.words));
      results.clear();
    },
  });
  expect(exhaustive).toBe(true);
  expect(found).toEqual([]);
  return outcomes;
}

/** What came out on real threads, one for each CPU, one for the GPU; they may have a bug. */
async function observed(config: HuntMachine, bug: Bug | null = null): Promise<Set<string>> {
  const [control, shared] = [8, Results.BYTES].map((bytes) => new SharedArrayBuffer(bytes));
  const results = new Results(shared);
  const machine = new PlayMachine(config, results);
  const memory = new SharedArrayBuffer(machine.bytes);
  const words = new Int32Array(memory);
  const process = machine.setUp(words);
  const image = words.slice();
  const gate = new Int32Array(control);
  const bootNs = globalThis.process.hrtime.bigint();
  const entry = fileURLToPath(new URL("../fixtures/containment/play_worker.ts", import.meta.url));
  const planted = bug === null ? {} : { plugins: [plant(bug, ROOT)], variant: JSON.stringify(bug) };
  const bundle = await bundleWorker({ root: ROOT, entry, ...planted });
  const parts = [...Array.from({ length: config.cpus }, (_, cpu) => cpu), -1];
  const workers = parts.map(
    (cpu) =>
      new Worker(bundle, {
        workerData: { config, process, cpu, rounds: ROUNDS, bootNs, memory, control, results: shared } satisfies Part,
      }),
  );
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
    results.clear();
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
function outside(seen: ReadonlySet<string>, config: HuntMachine): string[] {
  return [...seen].filter((outcome) => !possible(config).has(outcome));
}

async function until(condition: () => boolean, gate: Int32Array): Promise<void> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  while (!condition()) {
    if (performance.now() > deadlineMs) throw new Error("a round hangs");
    Atomics.wait(gate, DONE, Atomics.load(gate, DONE), 0.1);
  }
}

/** Small enough to be explored whole: with one CPU and the GPU, and with two CPUs. */
const CASES = [
  small("two-pass", "unmap", 1),
  small("two-pass", "overlap", 1),
  small("two-pass", "remove", 1),
  small("single-pass", "unmap", 1),
  small("single-pass", "remove", 1),
  small("two-pass", "discard and read", 2),
  small("single-pass", "discard and read", 2),
  small("two-pass", "protect and write", 2),
  small("two-pass", "refused", 2),
];

function small(driver: string, scenario: string, cpus: number): HuntMachine {
  return { ...DEFAULT_HUNT_MACHINE, driver, play: scenario, gpus: 1, cpus };
}

describe("what a machine of real threads produces is among what exhaustive exploration produces", () => {
  it.each(CASES.map((config) => [config.driver, config.play, config.cpus, config] as const))(
    "%s in %s, CPUs: %i",
    async (_driver, _scenario, _cpus, config) => {
      expect(outside(await observed(config), config)).toEqual([]);
      expect(possible(config).size).toBeGreaterThan(1);
    },
    60_000,
  );

  it("threads with a bug produce what cannot be", async () => {
    const flushSkipped = bugNamed("flush-skipped");
    const config = CASES.find(({ driver, play }) => driver === flushSkipped.driver && play === flushSkipped.play)!;
    expect(outside(await observed(config, flushSkipped), config)).not.toEqual([]);
  });

  it.each([
    ["unmap", "a translation that outlived its page", /translations 0/, "translations 1"],
    ["unmap", "a value that nobody wrote", /read 0/, "read 7"],
    ["discard and read", "old content read, and a new page for it", /returned 1000(.*) mapped 0/, "returned 1000$1 mapped 41"],
    [
      "discard and read",
      "new content read, and no page that it could come from",
      /returned 0; gpu (.*) mapped 41/,
      "returned 0; gpu $1 mapped 0",
    ],
    ["protect and write", "an access whose fault was counted", /faulted at page 0/, "wrote 1025"],
    ["refused", "a range that a notifier has to refuse", /cpu0 returned -11/, "cpu0 returned 0"],
  ])("an outcome of %s that cannot be is told from those that can: %s", (scenario, _what, from, to) => {
    const config = CASES.find((one) => one.play === scenario)!;
    const can = [...possible(config)].find((outcome) => from.test(outcome))!;
    const cannot = can.replace(from, to);
    expect(outside(new Set([can, cannot]), config)).toEqual([cannot]);
  });
});
