import { describe, expect, it } from "vitest";
import { CHUNK_SIZE } from "../../src/driver/svm/svm.ts";
import { explore } from "../../src/executor/explorer/explore.ts";
import { DeadlockError, randomWalk } from "../../src/executor/explorer/random_walk.ts";
import { RandomWalk } from "../../src/executor/explorer/strategy/random.ts";
import { DEFAULT_HUNT_CONFIG } from "../../src/hunt/config.ts";
import { HuntSubject } from "../../src/hunt/subject.ts";
import type { Current } from "../../src/kernel/current.ts";
import { doMadvise } from "../../src/kernel/mm/madvise.ts";
import { MADV_DONTNEED, MAP_ANONYMOUS, MAP_FIXED, MAP_PRIVATE, PROT_READ, PROT_WRITE } from "../../src/kernel/mm/mman.ts";
import { mmAlloc } from "../../src/kernel/mm/mm_alloc.ts";
import { doMmap } from "../../src/kernel/mm/mmap.ts";
import { ACCESS_WRITE } from "../../src/machine/access_kind.ts";
import type { Run } from "../../src/machine/step.ts";
import type { Ptr } from "../../src/machine/struct.ts";
import { TestMachine, until } from "../driver/machine.ts";
import { BASE } from "../driver/play.ts";

/** docs/findings/4: the user lock held from the start pass to the finish pass. */
const VM_LOCK = "lock-across-passes";
const NOTIFIER_LOCK = "lock-across-passes-per-notifier";
const SEEDS = 40;
const SIZE = 2 * CHUNK_SIZE;

interface Play {
  /** Who touches which of two chunks first, in this order: that of the notifiers in the tree, where they stand at the same place. */
  readonly touches: readonly (readonly [gpu: number, chunk: number])[];
  /** What each CPU then throws away. */
  readonly ranges: readonly (readonly [chunk: number, chunks: number])[];
}

function deadlocks(driver: string, { touches, ranges }: Play, seed: number): boolean {
  const machine = new TestMachine({ driver, gpus: 2 });
  let mm = 0 as Ptr<"mm_struct">;
  let isReady = false;
  function* setUp(current: Current): Run<void> {
    mm = yield* mmAlloc(current);
    yield* doMmap(current, mm, BASE, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED);
    const vms: Ptr<"gpu_vm">[] = [];
    for (const gpu of machine.gpus) vms.push(yield* machine.driver.open(current, gpu, mm));
    for (const [index, chunk] of touches) {
      const fault = { gpu: machine.gpus[index], vm: vms[index], va: BASE + chunk * CHUNK_SIZE, kind: ACCESS_WRITE };
      yield* machine.driver.handleFault(current, fault);
    }
    isReady = true;
  }
  try {
    randomWalk({ words: machine.words, seed, spawn: (engine) => {
      const daemons = machine.spawnGpus(engine);
      const boss = machine.current(engine, 1, "cpu0");
      engine.spawn(boss, setUp(boss));
      for (const [index, [chunk, chunks]] of ranges.entries()) {
        const cpu = machine.current(engine, 2 + index, `cpu${1 + index}`);
        engine.spawn(cpu, (function* (): Run<void> {
          yield* until(cpu, () => isReady);
          yield* doMadvise(cpu, mm, BASE + chunk * CHUNK_SIZE, chunks * CHUNK_SIZE, MADV_DONTNEED);
        })());
      }
      return daemons;
    } });
    return false;
  } catch (error) {
    if (error instanceof DeadlockError) return true;
    throw error;
  }
}

/** How many of {@link SEEDS} schedules. */
function deadlocksOf(driver: string, play: Play): number {
  let count = 0;
  for (let seed = 1; seed <= SEEDS; seed++) if (deadlocks(driver, play, seed)) count++;
  return count;
}

/** What the sanitizers and oracles of a hunt say. */
function broken(driver: string): string[] {
  const subject = new HuntSubject({ ...DEFAULT_HUNT_CONFIG, driver, scenario: "unmap" });
  const { found } = explore({ subject, strategy: new RandomWalk(1), seed: 1, schedules: 20, keepGoing: true });
  return [...new Set(found.map(({ failure }) => failure.rule))];
}

describe("the user lock held across both passes", () => {
  it("waits for itself if it is the VM's and a range hits two notifiers of the VM, whatever the schedule", () => {
    const play: Play = { touches: [[0, 0], [0, 1]], ranges: [[0, 2]] };
    expect(deadlocksOf(VM_LOCK, play)).toBe(SEEDS);
    expect(deadlocksOf(NOTIFIER_LOCK, play)).toBe(0);
  });

  it("has two CPUs wait for each other if two GPUs' notifiers stand in one order here and in the other there", () => {
    const play: Play = { touches: [[0, 0], [1, 0], [1, 1], [0, 1]], ranges: [[0, 1], [1, 1]] };
    expect(deadlocksOf(VM_LOCK, play)).toBeGreaterThan(0);
    expect(deadlocksOf(NOTIFIER_LOCK, play)).toBe(0);
  });

  it("needs a lock for each notifier, which all take in the order of the tree", () => {
    const play: Play = { touches: [[0, 0], [1, 0], [1, 1], [0, 1]], ranges: [[0, 2], [0, 2]] };
    expect(deadlocksOf(NOTIFIER_LOCK, play)).toBe(0);
  });

  it("is objected to in any hunt: a callback returns with a lock held", () => {
    expect(broken(VM_LOCK)).toEqual(["RULES 28"]);
    expect(broken(NOTIFIER_LOCK)).toEqual(["RULES 28"]);
  });
});
