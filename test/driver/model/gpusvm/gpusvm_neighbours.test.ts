import { describe, expect, it } from "vitest";
import { randomWalk } from "../../../../src/executor/explorer/engine/random_walk.ts";
import type { Current } from "../../../../src/kernel/current.ts";
import { EFAULT, EPERM } from "../../../../src/kernel/errno.ts";
import { MAP_ANONYMOUS, MAP_FIXED, MAP_PRIVATE, PROT_READ, PROT_WRITE } from "../../../../src/kernel/mm/mman.ts";
import { mmAlloc } from "../../../../src/kernel/mm/mm_alloc.ts";
import { mmput } from "../../../../src/kernel/mm/mm_count.ts";
import { doMmap } from "../../../../src/kernel/mm/mmap.ts";
import { doMprotect } from "../../../../src/kernel/mm/mprotect.ts";
import { doMunmap } from "../../../../src/kernel/mm/munmap.ts";
import { oomReap } from "../../../../src/kernel/mm/oom_reaper.ts";
import { ACCESS_WRITE } from "../../../../src/machine/access_kind.ts";
import { PAGE_SIZE } from "../../../../src/machine/pte.ts";
import { cpuRelax, sleepUntil } from "../../../../src/machine/futex.ts";
import type { Run } from "../../../../src/machine/step.ts";
import type { Ptr } from "../../../../src/machine/struct.ts";
import { runOnCpu, TestMachine, until } from "../../machine.ts";
import { BASE } from "../../play.ts";

const PAGES = 16;
const OTHER = BASE + 8 * PAGE_SIZE;
/** When both tasks begin, long after everything was set up. */
const TOGETHER_US = 10_000;

/** What happens to the mapping of another page of what a fault of page 0 binds. */
type Change = (current: Current, mm: Ptr<"mm_struct">, start: number, length: number) => Run<unknown>;

const unmap: Change = (...args) => doMunmap(...args);
const protect: Change = (...args) => doMprotect(...args, PROT_READ);

/** What a fault of page 0 is answered meanwhile, and one of the other page afterwards. */
function answers(driver: string, change: Change, seed: number): number[] {
  const machine = new TestMachine({ driver });
  const [gpu] = machine.gpus;
  let mm = 0 as Ptr<"mm_struct">;
  let vm = 0 as Ptr<"gpu_vm">;
  const results: number[] = [];
  let isChanged = false;
  randomWalk({
    words: machine.words,
    seed,
    spawn: (engine) => {
      const daemons = machine.spawnGpus(engine);
      const faulting = machine.current(engine, 1);
      const changing = machine.current(engine, 2);
      engine.spawn(
        faulting,
        (function* () {
          mm = yield* mmAlloc(faulting);
          yield* doMmap(faulting, mm, BASE, PAGES * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED);
          vm = yield* machine.driver.open(faulting, gpu, mm);
          yield* sleepUntil(faulting, TOGETHER_US);
          results.push(yield* machine.driver.handleFault(faulting, { gpu, vm, va: BASE, kind: ACCESS_WRITE }));
          yield* until(faulting, () => isChanged);
          for (const va of [BASE, OTHER])
            results.push(yield* machine.driver.handleFault(faulting, { gpu, vm, va, kind: ACCESS_WRITE }));
          yield* machine.driver.close(faulting, vm);
          yield* mmput(faulting, mm);
        })(),
      );
      engine.spawn(
        changing,
        (function* () {
          yield* sleepUntil(changing, TOGETHER_US);
          for (let i = 0; i < seed; i++) yield* cpuRelax();
          yield* change(changing, mm, OTHER, PAGE_SIZE);
          isChanged = true;
        })(),
      );
      return daemons;
    },
  });
  return results;
}

describe.each(["gpusvm", "gpusvm-two-pass-checked"])("%s", (driver) => {
  it.each([
    ["unmapped", unmap, EFAULT],
    ["write-protected", protect, EPERM],
  ])("binds a page although another one of its range is %s (RULES 64)", (_, change, error) => {
    for (let seed = 1; seed <= 80; seed++) {
      expect({ seed, answers: answers(driver, change, seed) }).toEqual({ seed, answers: [0, 0, error] });
    }
  });

  it("refuses a page of a process that the OOM reaper has been to, alone or with its neighbours", () => {
    const machine = new TestMachine({ driver });
    const [gpu] = machine.gpus;
    const results: number[] = [];
    runOnCpu(machine, function* (current) {
      const mm = yield* mmAlloc(current);
      yield* doMmap(current, mm, BASE, PAGES * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED);
      const vm = yield* machine.driver.open(current, gpu, mm);
      yield* oomReap(current, mm);
      for (const va of [BASE, BASE])
        results.push(yield* machine.driver.handleFault(current, { gpu, vm, va, kind: ACCESS_WRITE }));
      yield* machine.driver.close(current, vm);
      yield* mmput(current, mm);
    });
    expect(results).toEqual([EFAULT, EFAULT]);
  });
});
