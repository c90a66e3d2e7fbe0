import { xoroshiro128plus } from "pure-rand/generator/XoroShiro";
import { unsafeUniformIntDistribution } from "pure-rand/distribution/UnsafeUniformIntDistribution";
import { describe, expect, test } from "vitest";
import type { Engine } from "../../../src/executor/explorer/engine/engine.ts";
import { randomWalk } from "../../../src/executor/explorer/engine/random_walk.ts";
import type { Current } from "../../../src/kernel/current.ts";
import type { KernelConfig } from "../../../src/kernel/kernel.ts";
import { doBrk } from "../../../src/kernel/mm/brk.ts";
import { cpuAccess } from "../../../src/kernel/mm/cpu_access.ts";
import { dupMm } from "../../../src/kernel/mm/fork.ts";
import { doMadvise } from "../../../src/kernel/mm/madvise.ts";
import {
  MADV_DONTNEED,
  MADV_FREE,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_PRIVATE,
  MAP_SHARED,
  MREMAP_FIXED,
  MREMAP_MAYMOVE,
  PROT_READ,
  PROT_WRITE,
} from "../../../src/kernel/mm/mman.ts";
import { mmAlloc, START_BRK } from "../../../src/kernel/mm/mm_alloc.ts";
import { mmget, mmgrab, mmdrop, mmput } from "../../../src/kernel/mm/mm_count.ts";
import { doMmap } from "../../../src/kernel/mm/mmap.ts";
import { doMprotect } from "../../../src/kernel/mm/mprotect.ts";
import { doMremap } from "../../../src/kernel/mm/mremap.ts";
import { doMunmap } from "../../../src/kernel/mm/munmap.ts";
import { oomReap } from "../../../src/kernel/mm/oom_reaper.ts";
import { tryToFreePages } from "../../../src/kernel/mm/vmscan.ts";
import { ACCESS_ADD, ACCESS_READ, ACCESS_WRITE } from "../../../src/kernel/tracepoints.ts";
import type { Run } from "../../../src/machine/step.ts";
import { PMD_SIZE } from "../../../src/machine/pte.ts";
import { NULL, type Ptr } from "../../../src/machine/struct.ts";
import { burstWalk } from "./burst_walk.ts";
import { Machine, NOTHING_IN_USE } from "./fixture.ts";
import { watch } from "./watch.ts";

const PAGE = 4096;
const RW = PROT_READ | PROT_WRITE;
const ANON = MAP_PRIVATE | MAP_ANONYMOUS;
const SHARED = MAP_SHARED | MAP_ANONYMOUS;
/** Four pages on either side of a boundary between leaf tables. */
const BASE = 2 ** 40 - 4 * PAGE;

type Mm = Ptr<"mm_struct">;
type Body = (cpu: Current) => Run<unknown>;

/** Run bodies side by side, once for each seed, on a machine where `setup` ran first; then look at what is left. */
function race(options: {
  readonly seeds: number;
  readonly config?: Partial<KernelConfig>;
  readonly setup: (cpu: Current) => Run<Mm>;
  readonly bodies: (mm: Mm, uniform: (bound: number) => number) => readonly Body[];
  /** After all bodies, with the address space still there. */
  readonly after?: (cpu: Current, mm: Mm) => Run<void>;
}): void {
  for (let seed = 1; seed <= options.seeds; seed++) {
    const machine = new Machine({ frames: 120, vmas: 40, ...options.config });
    watch(machine.tracer, machine.kernel.mm.physical);
    const rng = xoroshiro128plus(seed);
    const uniform = (bound: number) => unsafeUniformIntDistribution(0, bound - 1, rng);
    const mm = machine.run(options.setup);
    try {
      const spawn = (engine: Engine) => {
        options.bodies(mm, uniform).forEach((body, i) => {
          const cpu = machine.cpu(i, engine);
          engine.spawn(cpu, body(cpu));
        });
      };
      if (seed % 2 === 0) randomWalk({ words: machine.words, seed, spawn });
      else burstWalk(machine.words, uniform, spawn);
      machine.run(function* (cpu) {
        if (options.after !== undefined) yield* options.after(cpu, mm);
        yield* mmput(cpu, mm);
      });
      expect(machine.balance()).toEqual(NOTHING_IN_USE);
    } catch (error) {
      throw new Error(`seed ${seed}: ${String(error)}`, { cause: error });
    }
  }
}

/** A process with eight pages, each written once. */
function* eightPages(cpu: Current, flags = ANON): Run<Mm> {
  const mm = yield* mmAlloc(cpu);
  yield* doMmap(cpu, mm, BASE, 8 * PAGE, RW, flags | MAP_FIXED);
  for (let i = 0; i < 8; i++) yield* cpuAccess(cpu, mm, BASE + i * PAGE, ACCESS_WRITE, 4, i + 1);
  return mm;
}

const add = (cpu: Current, mm: Mm, page: number) => cpuAccess(cpu, mm, BASE + page * PAGE, ACCESS_ADD, 0, 1);
const load = (cpu: Current, mm: Mm, page: number, word: number) => cpuAccess(cpu, mm, BASE + page * PAGE, ACCESS_READ, word, 0);

function adder(mm: Mm, pages: number, rounds: number): Body {
  return function* (cpu) {
    for (let round = 0; round < rounds; round++) {
      for (let page = 0; page < pages; page++) expect(yield* add(cpu, mm, page)).toBeGreaterThanOrEqual(0);
    }
  };
}

function reclaimer(rounds: number): Body {
  return function* (cpu) {
    for (let i = 0; i < rounds; i++) yield* tryToFreePages(cpu, 4);
  };
}

describe("races in memory management", () => {
  test("munmap against faults", () => {
    race({
      seeds: 150,
      setup: eightPages,
      bodies: (mm) => [
        function* (cpu) {
          yield* doMunmap(cpu, mm, BASE + 2 * PAGE, 4 * PAGE);
          yield* doMunmap(cpu, mm, BASE, 8 * PAGE);
        },
        function* (cpu) {
          for (let i = 0; i < 8; i++) yield* add(cpu, mm, i);
        },
        function* (cpu) {
          for (let i = 7; i >= 0; i--) yield* add(cpu, mm, i);
        },
      ],
    });
  });

  test("page tables freed and made again under a processor's walk", () => {
    race({
      seeds: 150,
      setup: eightPages,
      bodies: (mm) => [
        function* (cpu) {
          for (let i = 0; i < 3; i++) {
            yield* doMunmap(cpu, mm, BASE, 8 * PAGE);
            yield* doMmap(cpu, mm, BASE, 8 * PAGE, RW, ANON | MAP_FIXED);
          }
        },
        adderThatMayFail(mm),
        adderThatMayFail(mm),
      ],
    });
  });

  test("a processor's walk never ends in a table that is another's by now", () => {
    const here = 2 ** 41;
    const there = here + PMD_SIZE; // the same place in another leaf table
    const adds: Body = function* (cpu) {
      const mm = cpu.kernel.mm.mmStructs.at(0);
      for (let i = 0; i < 15; i++) yield* cpuAccess(cpu, mm, here, ACCESS_ADD, 0, 1);
    };
    race({
      seeds: 300,
      *setup(cpu) {
        const mm = yield* mmAlloc(cpu);
        yield* doMmap(cpu, mm, here + 2 * PMD_SIZE, PAGE, RW, ANON | MAP_FIXED); // keeps the tables above
        yield* cpuAccess(cpu, mm, here + 2 * PMD_SIZE, ACCESS_ADD, 0, 1);
        yield* doMmap(cpu, mm, here, PAGE, RW, ANON | MAP_FIXED);
        return mm;
      },
      bodies: (mm) => [
        function* (cpu) {
          for (let i = 0; i < 6; i++) {
            yield* cpuAccess(cpu, mm, here, ACCESS_ADD, 0, 1);
            yield* doMunmap(cpu, mm, here, PAGE); // frees page and table …
            yield* doMmap(cpu, mm, there, PAGE, RW, ANON | MAP_FIXED);
            // … and uses them again
            for (let n = 0; n < 3; n++) expect(yield* cpuAccess(cpu, mm, there, ACCESS_ADD, 0, 1)).toBe(n);
            yield* doMunmap(cpu, mm, there, PAGE);
            yield* doMmap(cpu, mm, here, PAGE, RW, ANON | MAP_FIXED);
          }
        },
        adds,
        adds,
      ],
    });
  });

  test("no addition is lost between copy-on-write, fork and reclaim", () => {
    race({
      seeds: 100,
      setup: eightPages,
      bodies: (mm) => [
        adder(mm, 4, 3),
        function* (cpu) {
          for (let i = 0; i < 2; i++) {
            const child = yield* dupMm(cpu, mm);
            for (let page = 0; page < 4; page++) {
              const before = yield* load(cpu, child, page, 0);
              expect(yield* add(cpu, child, page)).toBe(before); // nobody else writes to the child
              expect(yield* load(cpu, child, page, 0)).toBe(before + 1);
              expect(yield* load(cpu, child, page, 4)).toBe(page + 1);
            }
            yield* mmput(cpu, child);
          }
        },
        adder(mm, 4, 3),
        reclaimer(6),
      ],
      *after(cpu, mm) {
        for (let page = 0; page < 4; page++) expect(yield* load(cpu, mm, page, 0)).toBe(6);
        for (let page = 0; page < 8; page++) expect(yield* load(cpu, mm, page, 4)).toBe(page + 1);
      },
    });
  });

  test("no addition is lost in shared memory between processes and reclaim", () => {
    race({
      seeds: 100,
      setup: (cpu) => eightPages(cpu, SHARED),
      bodies: (mm) => [
        adder(mm, 4, 3),
        function* (cpu) {
          const child = yield* dupMm(cpu, mm);
          yield* adder(child, 4, 3)(cpu);
          yield* mmput(cpu, child);
        },
        reclaimer(8),
        reclaimer(8),
      ],
      *after(cpu, mm) {
        for (let page = 0; page < 4; page++) expect(yield* load(cpu, mm, page, 0)).toBe(6);
      },
    });
  });

  test("no addition is lost when pages move and change permissions", () => {
    const elsewhere = BASE + 2 ** 30;
    race({
      seeds: 100,
      setup: eightPages,
      bodies: (mm) => [
        function* (cpu) {
          for (let i = 0; i < 2; i++) {
            yield* doMprotect(cpu, mm, BASE, 2 * PAGE, PROT_READ);
            yield* doMprotect(cpu, mm, BASE, 2 * PAGE, RW);
            const flags = MREMAP_MAYMOVE | MREMAP_FIXED;
            expect(yield* doMremap(cpu, mm, BASE, 8 * PAGE, 8 * PAGE, flags, elsewhere)).toBe(elsewhere);
            expect(yield* doMremap(cpu, mm, elsewhere, 8 * PAGE, 8 * PAGE, flags, BASE)).toBe(BASE);
          }
        },
        countingAdder(mm, 1),
        countingAdder(mm, 2),
        reclaimer(4),
      ],
      *after(cpu, mm) {
        for (let page = 0; page < 4; page++) {
          const sum = (yield* load(cpu, mm, page, 1)) + (yield* load(cpu, mm, page, 2));
          expect(yield* load(cpu, mm, page, 0)).toBe(sum);
        }
      },
    });
  });

  test("exit against reclaim and the OOM reaper", () => {
    race({
      seeds: 150,
      setup: eightPages,
      bodies: (mm) => {
        let child: Mm = NULL as Mm;
        return [
          function* (cpu) {
            const made = yield* dupMm(cpu, mm);
            yield* mmgrab(cpu, made);
            child = made;
            for (let page = 0; page < 4; page++) yield* add(cpu, made, page);
            yield* mmput(cpu, made);
          },
          reclaimer(4),
          function* (cpu) {
            while (child === NULL) yield* tryToFreePages(cpu, 1);
            for (let i = 0; i < 5 && !(yield* oomReap(cpu, child)); i++) yield* tryToFreePages(cpu, 1);
            yield* mmdrop(cpu, child);
          },
        ];
      },
    });
  });

  test("everything against everything", () => {
    race({
      seeds: 250,
      config: { frames: 70, swapSlots: 40, mms: 7 },
      setup: eightPages,
      bodies: (mm, uniform) => [mixed(mm, uniform), mixed(mm, uniform), mixed(mm, uniform), reclaimer(5)],
    });
  });

  test("everything against everything, out of memory again and again", () => {
    race({
      seeds: 250,
      config: { frames: 24, swapSlots: 6, vmas: 12, mms: 4 },
      setup: eightPages,
      bodies: (mm, uniform) => [mixed(mm, uniform), mixed(mm, uniform), mixed(mm, uniform)],
    });
  });
});

function adderThatMayFail(mm: Mm): Body {
  return function* (cpu) {
    for (let i = 0; i < 12; i++) yield* add(cpu, mm, i % 8);
  };
}

/** Adds to the counter, and keeps in its own word how often it got through. */
function countingAdder(mm: Mm, word: number): Body {
  return function* (cpu) {
    for (let round = 0; round < 4; round++) {
      for (let page = 0; page < 4; page++) {
        if ((yield* add(cpu, mm, page)) < 0) continue;
        const before = yield* retried(() => load(cpu, mm, page, word));
        yield* retried(() => cpuAccess(cpu, mm, BASE + page * PAGE, ACCESS_WRITE, word, before + 1));
      }
    }
  };
}

/** Until the mapping is back where it was. */
function* retried(access: () => Run<number>): Run<number> {
  let result: number;
  do result = yield* access();
  while (result < 0);
  return result;
}

/** A CPU that does whatever comes to mind, with a fork of its own now and then. */
function mixed(mm: Mm, uniform: (bound: number) => number): Body {
  return function* (cpu) {
    yield* mmget(cpu, mm);
    let own = NULL as Mm;
    for (let i = 0; i < 14; i++) {
      const process = own !== NULL && uniform(2) === 0 ? own : mm;
      const page = uniform(8);
      const va = BASE + page * PAGE;
      const length = (1 + uniform(8 - page)) * PAGE;
      switch (uniform(12)) {
        case 0:
          yield* doMunmap(cpu, process, va, length);
          break;
        case 1:
        case 2:
          yield* doMmap(cpu, process, va, length, RW, (uniform(2) === 0 ? SHARED : ANON) | MAP_FIXED);
          break;
        case 3:
          yield* doMprotect(cpu, process, va, length, uniform(4));
          break;
        case 4:
          yield* doMadvise(cpu, process, va, length, uniform(2) === 0 ? MADV_DONTNEED : MADV_FREE);
          break;
        case 5:
          yield* doMremap(cpu, process, va, length, length, MREMAP_MAYMOVE | MREMAP_FIXED, BASE + (8 + uniform(8)) * PAGE);
          break;
        case 6: {
          const child = yield* dupMm(cpu, process);
          if (own !== NULL) yield* mmput(cpu, own);
          own = child;
          break;
        }
        case 7:
          yield* doBrk(cpu, process, START_BRK + uniform(4) * PAGE);
          break;
        default:
          yield* cpuAccess(cpu, process, va, uniform(2) === 0 ? ACCESS_ADD : ACCESS_READ, 0, 1);
      }
    }
    if (own !== NULL) yield* mmput(cpu, own);
    yield* mmput(cpu, mm);
  };
}
