import { CHUNK_SIZE } from "../../src/driver/argued/svm/svm.ts";
import { DeadlockError, randomWalk } from "../../src/executor/explorer/engine/random_walk.ts";
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

const SEEDS = 40;

/** A process of two chunks, two GPUs. */
export interface TwoChunks {
  /** Who touches which chunk first, in this order: that of the notifiers in the tree, where they stand at the same place. */
  readonly touches: readonly (readonly [gpu: number, chunk: number])[];
  /** What each CPU then throws away. */
  readonly ranges: readonly (readonly [chunk: number, chunks: number])[];
}

/** The share of random schedules that end in a deadlock. */
export function shareOfDeadlocks(driver: string, play: TwoChunks): number {
  let count = 0;
  for (let seed = 1; seed <= SEEDS; seed++) if (deadlocks(driver, play, seed)) count++;
  return count / SEEDS;
}

function deadlocks(driver: string, { touches, ranges }: TwoChunks, seed: number): boolean {
  const machine = new TestMachine({ driver, gpus: 2, driverOptions: { finish: { kind: "embedded" } } });
  let mm = 0 as Ptr<"mm_struct">;
  let isReady = false;
  function* setUp(current: Current): Run<void> {
    mm = yield* mmAlloc(current);
    yield* doMmap(current, mm, BASE, 2 * CHUNK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED);
    const vms: Ptr<"gpu_vm">[] = [];
    for (const gpu of machine.gpus) vms.push(yield* machine.driver.open(current, gpu, mm));
    for (const [index, chunk] of touches) {
      const fault = { gpu: machine.gpus[index], vm: vms[index], va: BASE + chunk * CHUNK_SIZE, kind: ACCESS_WRITE };
      yield* machine.driver.handleFault(current, fault);
    }
    isReady = true;
  }
  try {
    randomWalk({
      words: machine.words,
      seed,
      spawn: (engine) => {
        const daemons = machine.spawnGpus(engine);
        const boss = machine.current(engine, 1);
        engine.spawn(boss, setUp(boss));
        for (const [index, [chunk, chunks]] of ranges.entries()) {
          const cpu = machine.current(engine, 2 + index);
          engine.spawn(
            cpu,
            (function* (): Run<void> {
              yield* until(cpu, () => isReady);
              yield* doMadvise(cpu, mm, BASE + chunk * CHUNK_SIZE, chunks * CHUNK_SIZE, MADV_DONTNEED);
            })(),
          );
        }
        return daemons;
      },
    });
    return false;
  } catch (error) {
    if (error instanceof DeadlockError) return true;
    throw error;
  }
}
