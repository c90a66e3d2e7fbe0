import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { Engine } from "../../src/executor/explorer/engine/engine.ts";
import type { Program } from "../../src/executor/explorer/program/program.ts";
import { Recording } from "../../src/executor/explorer/engine/recording.ts";
import { Rng } from "../../src/executor/explorer/engine/rng.ts";
import { runOnce } from "../../src/executor/explorer/engine/run.ts";
import { Dfs } from "../../src/executor/explorer/strategy/dfs.ts";
import { bundleWorker } from "../../src/bundle/bundle.ts";
import { PROGRAMS } from "../fixtures/containment/programs.ts";
import type { Part } from "../fixtures/containment/worker.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const ROUNDS = 1500;
const PATIENCE_MS = 10_000;

/** Every outcome that there is. */
function explored(program: Program): Set<string> {
  const engine = new Engine(program.words);
  const recording = new Recording();
  const strategy = new Dfs();
  const outcomes = new Set<string>();
  while (strategy.begin()) {
    runOnce(engine, program, strategy, recording, new Rng(0));
    outcomes.add(program.outcome());
  }
  return outcomes;
}

/** What came out on real threads. */
async function observed(number: number): Promise<Set<string>> {
  const program = PROGRAMS[number];
  const entry = fileURLToPath(new URL("../fixtures/containment/worker.ts", import.meta.url));
  const bundle = await bundleWorker({ root: ROOT, entry });
  const control = new SharedArrayBuffer(8);
  const gate = new Int32Array(control);
  const words = program.words.buffer as SharedArrayBuffer;
  const workers = Array.from(
    { length: program.roots },
    (_, thread) => new Worker(bundle, { workerData: { program: number, thread, rounds: ROUNDS, words, control } satisfies Part }),
  );
  await Promise.all(workers.map((worker) => once(worker, "online")));
  const outcomes = new Set<string>();
  for (let round = 1; round <= ROUNDS; round++) {
    program.reset();
    Atomics.store(gate, 1, 0);
    Atomics.store(gate, 0, round);
    Atomics.notify(gate, 0);
    for (let ended = 0; ended < workers.length; ended = Atomics.load(gate, 1)) {
      if (Atomics.wait(gate, 1, ended, PATIENCE_MS) === "timed-out") throw new Error(`${program.name}: round ${round} hangs`);
    }
    outcomes.add(program.outcome());
  }
  await Promise.all(workers.map((worker) => worker.terminate()));
  return outcomes;
}

describe("what real threads produce is among what exhaustive exploration produces", () => {
  it.each(PROGRAMS.map(({ name }, number) => [name, number] as const))(
    "%s",
    async (_name, number) => {
      const possible = explored(PROGRAMS[number]);
      const seen = await observed(number);
      expect([...seen].filter((outcome) => !possible.has(outcome))).toEqual([]);
      expect(possible.size).toBeGreaterThan(1);
    },
    30_000,
  );

  it("an outcome that cannot be is told from those that can", () => {
    expect(explored(PROGRAMS[0]).has("x=1 y=1 r0=0 r1=0")).toBe(false);
  });
});
