import { unsafeUniformIntDistribution } from "pure-rand/distribution/UnsafeUniformIntDistribution";
import { xoroshiro128plus } from "pure-rand/generator/XoroShiro";
import { ringDoorbell } from "../../src/device/command_ring.ts";
import { randomWalk } from "../../src/executor/explorer/engine/random_walk.ts";
import type { Current } from "../../src/kernel/current.ts";
import { cpuAccess } from "../../src/kernel/mm/cpu_access.ts";
import { doMadvise } from "../../src/kernel/mm/madvise.ts";
import { MADV_DONTNEED, MAP_ANONYMOUS, MAP_FIXED, MAP_PRIVATE, PROT_READ, PROT_WRITE } from "../../src/kernel/mm/mman.ts";
import { doMmap } from "../../src/kernel/mm/mmap.ts";
import { doMprotect } from "../../src/kernel/mm/mprotect.ts";
import { doMunmap } from "../../src/kernel/mm/munmap.ts";
import { mmAlloc } from "../../src/kernel/mm/mm_alloc.ts";
import { mmput } from "../../src/kernel/mm/mm_count.ts";
import { ACCESS_READ, ACCESS_WRITE } from "../../src/machine/access_kind.ts";
import { PAGE_SIZE } from "../../src/machine/pte.ts";
import type { Run } from "../../src/machine/step.ts";
import type { Ptr } from "../../src/machine/struct.ts";
import { until, type TestMachine } from "./machine.ts";

/** Where all mini-scenarios play: a few pages. */
export const BASE = 0x7f00_0000_0000;
const READ_WRITE = PROT_READ | PROT_WRITE;

export interface Play {
  readonly seed: number;
  /** Pages of the process. */
  readonly pages?: number;
  /** Operations of each of the CPUs that disturb. */
  readonly operations?: number;
  readonly disturbers?: number;
  /** Accesses of each context. */
  readonly accesses?: number;
  /** End the process while the GPUs are still at work. */
  readonly exitsEarly?: boolean;
  readonly operation?: (current: Current, mm: Ptr<"mm_struct">, below: (bound: number) => number) => Run<void>;
}

/** GPUs touch random pages of a process while CPUs take them away; then everything is taken down. */
export function play(machine: TestMachine, options: Play): void {
  const { seed, pages = 6, operations = 3, disturbers = 2, accesses = 8, operation = anyOperation } = options;
  const generator = xoroshiro128plus(seed ^ 0x5bd1e995);
  const below = (bound: number) => unsafeUniformIntDistribution(0, bound - 1, generator);
  const vms: Ptr<"gpu_vm">[] = [];
  let mm = 0 as Ptr<"mm_struct">;
  const left = machine.gpus.map(() => Array.from({ length: machine.contexts }, () => accesses));
  const busy = machine.gpus.map(() => Array.from({ length: machine.contexts }, () => false));
  let isOpen = false;
  let disturbing = disturbers;
  function program(gpu: number, context: number) {
    busy[gpu][context] = isOpen && left[gpu][context] > 0;
    if (!busy[gpu][context]) return null;
    left[gpu][context]--;
    return { vm: vms[gpu], va: BASE + below(pages) * PAGE_SIZE, kind: below(3), value: 1 + below(1000) };
  }
  const isIdle = () => busy.flat().every((b) => !b);
  const isQuiet = () => isIdle() && left.flat().every((n) => n === 0);

  function* director(current: Current): Run<void> {
    mm = yield* mmAlloc(current);
    yield* doMmap(current, mm, BASE, pages * PAGE_SIZE, READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED);
    for (const gpu of machine.gpus) {
      const vm = yield* machine.driver.open(current, gpu, mm);
      vms.push(vm);
      yield* machine.driver.bind(current, vm, BASE, BASE + pages * PAGE_SIZE);
    }
    isOpen = true;
    for (const gpu of machine.gpus) yield* ringDoorbell(current, gpu);
    yield* until(current, () => disturbing === 0 && (options.exitsEarly === true || isQuiet()));
    if (options.exitsEarly === true) yield* mmput(current, mm);
    isOpen = false;
    yield* until(current, isIdle);
    for (const vm of vms) yield* machine.driver.close(current, vm);
    if (options.exitsEarly !== true) yield* mmput(current, mm);
  }

  function* disturber(current: Current): Run<void> {
    yield* until(current, () => isOpen);
    for (let i = 0; i < operations; i++) yield* operation(current, mm, below);
    disturbing--;
  }

  randomWalk({
    words: machine.words,
    seed,
    maxSteps: 3_000_000,
    spawn: (engine) => {
      const daemons = machine.spawnGpus(engine, program);
      const boss = machine.current(engine, 1);
      engine.spawn(boss, director(boss));
      const service = machine.current(engine, 2);
      daemons.push(engine.spawn(service, machine.faultService(service)));
      for (let cpu = 0; cpu < disturbers; cpu++) {
        const current = machine.current(engine, 3 + cpu);
        engine.spawn(current, disturber(current));
      }
      return daemons;
    },
  });

  function* anyOperation(current: Current, process: Ptr<"mm_struct">): Run<void> {
    const first = below(pages);
    const count = 1 + below(pages - first);
    const start = BASE + first * PAGE_SIZE;
    const length = count * PAGE_SIZE;
    switch (below(5)) {
      case 0:
        yield* doMunmap(current, process, start, length);
        yield* doMmap(current, process, start, length, READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED);
        break;
      case 1:
        yield* doMprotect(current, process, start, length, PROT_READ);
        yield* doMprotect(current, process, start, length, READ_WRITE);
        break;
      case 2:
        yield* doMadvise(current, process, start, length, MADV_DONTNEED);
        break;
      default:
        yield* cpuAccess(current, process, start, below(2) === 0 ? ACCESS_READ : ACCESS_WRITE, current.id, 1 + below(1000));
    }
  }
}
