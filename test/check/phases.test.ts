import type { Plugin } from "esbuild";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { DEFAULT_CONFIG } from "../../src/boot/config.ts";
import { BUGS } from "../../src/bugs/catalogue.ts";
import { plant } from "../../src/bugs/plant.ts";
import { bundleWorker } from "../../src/bundle/bundle.ts";
import { driverEvents } from "../../src/driver/tracepoints.ts";
import { machineOf } from "../../src/hunt/kill/kill_matrix.ts";
import { mutexLock, mutexUnlock } from "../../src/kernel/locking/mutex.ts";
import { downRead, upRead } from "../../src/kernel/locking/rwsem.ts";
import { spinLock } from "../../src/kernel/locking/spinlock.ts";
import { kernelEvents } from "../../src/kernel/tracepoints.ts";
import { trace } from "../../src/machine/tracepoint.ts";
import { machineEvents } from "../../src/machine/tracepoints.ts";
import { PHASES, Tracer, type Phase } from "../../src/machine/tracer.ts";
import { shuffle, shuffled, Tracer as ShuffledTracer } from "../fixtures/check/shuffled_tracer.ts";
import { LockRig } from "./oracle/locks/lock_rig.ts";
import { CPU0, CPU1, FINISH, Rig, SUB, VA } from "./rig.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SHUFFLED_TRACER = `${ROOT}test/fixtures/check/shuffled_tracer.ts`;
const SEEDS = [1, 2, 3];

type Machine = typeof import("../fixtures/check/shuffled_machine.ts");

/** A machine whose tracers shuffle their listeners, with a seeded bug in it or without. */
async function shuffledMachine(bugName: string | null): Promise<Machine> {
  const bug = BUGS.find(({ name }) => name === bugName);
  const shufflesTracers: Plugin = {
    name: "shuffled tracers",
    setup(build) {
      build.onResolve({ filter: /\/tracer\.ts$/ }, ({ importer }) =>
        importer === SHUFFLED_TRACER ? null : { path: SHUFFLED_TRACER },
      );
    },
  };
  const file = await bundleWorker({
    root: ROOT,
    entry: `${ROOT}test/fixtures/check/shuffled_machine.ts`,
    plugins: bug === undefined ? [shufflesTracers] : [shufflesTracers, plant(bug, ROOT)],
    variant: JSON.stringify([bug, readFileSync(SHUFFLED_TRACER, "utf8")]),
  });
  return (await import(/* @vite-ignore */ file)) as Machine;
}

/** What comes of it in the order of registration, and in three others. */
function inAllOrders<T>(order: { seed: number }, play: () => T): T[] {
  return [0, ...SEEDS].map((seed) => {
    order.seed = seed;
    return play();
  });
}

describe("an event goes through its listeners phase by phase", () => {
  it("whatever the order of registration", () => {
    const inOrder = PHASES.flatMap((phase) => [phase, phase, phase]);
    for (const seed of SEEDS) {
      const tracer = new Tracer();
      const heard: Phase[] = [];
      const registered = shuffled(inOrder, seed);
      for (const phase of registered) tracer.on(phase, machineEvents.mightSleep, () => void heard.push(phase));
      tracer.hit(new Rig().tasks[0], machineEvents.mightSleep, 0, 0, 0, 0, 0, 0);
      expect(registered).not.toEqual(inOrder);
      expect(heard).toEqual(inOrder);
    }
  });

  it("also those who listen to every event", () => {
    const tracer = new Tracer();
    const heard: Phase[] = [];
    for (const phase of PHASES.toReversed()) tracer.onAll(phase, () => void heard.push(phase));
    tracer.hit(new Rig().tasks[0], machineEvents.mightSleep, 0, 0, 0, 0, 0, 0);
    expect(heard).toEqual(PHASES);
  });
});

/** Bugs in whose runs several oracles object, often to one event; and none, to which nobody objects. */
const STRESSED = [null, "finish-forgotten", "flush-answered-early", "mprotect-without-notifier"];

/** Bugs to which also the oracles of locks and contexts object. */
const HUNTED = ["eagain-keeps-the-lock", "srcu-section-forgotten"];

describe("within a phase the order does not matter", () => {
  it.each(STRESSED)("in a run with %s", async (name) => {
    const { runInOneThread, shuffle: order } = await shuffledMachine(name);
    const bug = BUGS.find((candidate) => candidate.name === name);
    const config = {
      ...DEFAULT_CONFIG,
      gpus: 2,
      cpus: 3,
      frames: 4096,
      tlbLatencyUs: 4,
      driver: bug?.driver ?? DEFAULT_CONFIG.driver,
      scenario: bug?.scenario ?? DEFAULT_CONFIG.scenario,
    };
    const outcomes = inAllOrders(order, () => runInOneThread({ config, invalidations: 25, maxSteps: 2_000_000 }));
    expect(outcomes[0].violations.length > 0).toBe(bug !== undefined);
    for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
  });

  it.each(HUNTED)("in a hunt for %s", async (name) => {
    const { schedulesToKill, shuffle: order } = await shuffledMachine(name);
    const bug = BUGS.find((candidate) => candidate.name === name)!;
    const task = { config: machineOf(bug), strategy: "portfolio", seed: 1, seeds: 2, schedules: 40, breaks: bug.breaks } as const;
    const kills = inAllOrders(order, () => schedulesToKill(task));
    for (const kill of kills) expect(kill).toEqual(kills[0]);
  });

  it("where several oracles object to one event", () => {
    const said = inAllOrders(shuffle, () => {
      const rig = new Rig(false, () => new ShuffledTracer());
      rig.fill();
      const range = rig.rangeStart(CPU0);
      rig.call(range, { finish: FINISH });
      rig.rangeStarted(range); // join and I10
      rig.hit(CPU1, kernelEvents.intervalRemoved, SUB);
      rig.commit(VA, 3, 7); // I16 and I7
      rig.tasks[CPU1 - 1].atomicDepth = 1;
      rig.call(rig.rangeStart(CPU1)); // I8 and I7
      const failed = rig.rangeStart(CPU0, { blockable: false });
      rig.call(failed, { finish: FINISH });
      rig.rangeStarted(failed, -11); // I10 and I1
      rig.hit(CPU0, driverEvents.flushPending, 0, 1);
      rig.oracles[0].atQuiescence(rig.tasks[0], []);
      return rig.oracles.map((oracles) => oracles.violations().map(({ rule, message, task }) => ({ rule, message, task })));
    });
    const rules = said[0].map((violations) => violations.map(({ rule }) => rule));
    expect(rules[CPU0 - 1].slice(0, 2)).toEqual(["join", "I10"]);
    expect(rules[CPU1 - 1]).toEqual(expect.arrayContaining(["I16", "I7", "I8"]));
    expect(rules[CPU0 - 1]).toEqual(expect.arrayContaining(["I11", "I10", "I1", "I2", "balance"]));
    for (const violations of said) expect(violations).toEqual(said[0]);
  });

  it("where several oracles of locks and contexts object to one event", () => {
    const said = inAllOrders(shuffle, () => {
      const rig = new LockRig(new ShuffledTracer());
      rig.run(0, function* (task) {
        yield* mutexLock(task, rig.mutex());
        yield* downRead(task, rig.rwsem());
        yield* upRead(task, rig.rwsem());
        yield* mutexUnlock(task, rig.mutex());
      });
      rig.run(1, function* (task) {
        yield* downRead(task, rig.rwsem());
        yield* spinLock(task, rig.spin());
        yield* rig.invalidate(task, false, function* () {
          trace(task, machineEvents.mightSleep, 0);
          yield* mutexLock(task, rig.mutex());
        });
      });
      return rig.said();
    });
    const kinds = said[0].map((objection) => objection.split(":", 1)[0]);
    const first = kinds.indexOf("violation I9");
    const sleep = ["violation I9", "atomic-sleep atomic-sleep"];
    expect(kinds.slice(first, first + 5)).toEqual([...sleep, ...sleep, "lock-order I23"]);
    for (const objections of said) expect(objections).toEqual(said[0]);
  });
});
