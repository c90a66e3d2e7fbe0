import assert from "node:assert/strict";
import { unsafeUniformIntDistribution } from "pure-rand/distribution/UnsafeUniformIntDistribution";
import { xoroshiro128plus } from "pure-rand/generator/XoroShiro";
import { describe, expect, test } from "vitest";
import type { Engine } from "../../../src/executor/explorer/engine/engine.ts";
import { randomWalk } from "../../../src/executor/explorer/engine/random_walk.ts";
import { EBUSY, EFAULT, ENOMEM, EPERM } from "../../../src/kernel/errno.ts";
import {
  HMM_PFN_ERROR,
  HMM_PFN_REQ_FAULT,
  HMM_PFN_REQ_WRITE,
  HMM_PFN_VALID,
  HMM_PFN_WRITE,
  hmmPfn,
  hmmRangeFault,
} from "../../../src/kernel/hmm/hmm_range_fault.ts";
import type { Current } from "../../../src/kernel/current.ts";
import type { KernelConfig } from "../../../src/kernel/kernel.ts";
import { cpuAccess } from "../../../src/kernel/mm/cpu_access.ts";
import { dupMm } from "../../../src/kernel/mm/fork.ts";
import { doMadvise } from "../../../src/kernel/mm/madvise.ts";
import {
  MADV_DONTNEED,
  MADV_FREE,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_PRIVATE,
  PROT_NONE,
  PROT_READ,
  PROT_WRITE,
} from "../../../src/kernel/mm/mman.ts";
import { mmAlloc } from "../../../src/kernel/mm/mm_alloc.ts";
import { mmput } from "../../../src/kernel/mm/mm_count.ts";
import { doMmap } from "../../../src/kernel/mm/mmap.ts";
import { doMprotect } from "../../../src/kernel/mm/mprotect.ts";
import { doMunmap } from "../../../src/kernel/mm/munmap.ts";
import { tryToFreePages } from "../../../src/kernel/mm/vmscan.ts";
import { mmuIntervalReadBegin } from "../../../src/kernel/mmu_notifier/read.ts";
import { ACCESS_ADD, ACCESS_READ, ACCESS_WRITE } from "../../../src/kernel/tracepoints.ts";
import { lookupPte } from "../../../src/kernel/view.ts";
import { PTE_PRESENT, ptePfn } from "../../../src/machine/pte.ts";
import type { Run } from "../../../src/machine/step.ts";
import type { Ptr } from "../../../src/machine/struct.ts";
import { burstWalk } from "../mm/burst_walk.ts";
import { Machine, NOTHING_IN_USE } from "../mm/fixture.ts";
import { watch } from "../mm/watch.ts";
import { Mirror, PAGE } from "./mirror.ts";

type Mm = Ptr<"mm_struct">;

const RW = PROT_READ | PROT_WRITE;
const ANON = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
/** Four pages on either side of a boundary between leaf tables. */
const BASE = 2 ** 40 - 4 * PAGE;

/** A process with a mirror, and room for eight pages that nobody has mapped yet. */
function withMirror(
  body: (cpu: Current, mm: Mm, mirror: Mirror, machine: Machine) => Run<void>,
  config: Partial<KernelConfig> = {},
): void {
  const machine = mirrored(config);
  machine.run(function* (cpu) {
    const mm = yield* mmAlloc(cpu);
    expect(yield* machine.mirror.open(cpu, mm)).toBe(0);
    yield* body(cpu, mm, machine.mirror, machine);
    yield* machine.mirror.close(cpu);
    yield* mmput(cpu, mm);
  });
  expect(machine.balance()).toEqual(NOTHING_IN_USE);
}

function mirrored(config: Partial<KernelConfig>): Machine & { mirror: Mirror } {
  const machine = new Machine(config, (made) => Object.assign(made, { mirror: new Mirror(made) })) as Machine & {
    mirror: Mirror;
  };
  machine.mirror.watch();
  watch(machine.tracer, machine.kernel.mm.physical);
  return machine;
}

/** Ask about pages from BASE on with these flags for each; what came back. */
function* ask(
  cpu: Current,
  mirror: Mirror,
  asked: readonly number[],
  defaultFlags = 0,
  seq?: number,
): Run<{ result: number; pfns: number[] }> {
  const pfns = Int32Array.from(asked);
  const notifierSeq = seq ?? (yield* mmuIntervalReadBegin(cpu, mirror.notifier));
  const result = yield* hmmRangeFault(cpu, {
    notifier: mirror.notifier,
    notifierSeq,
    start: BASE,
    end: BASE + asked.length * PAGE,
    pfns,
    defaultFlags,
    pfnFlagsMask: -1,
    devPrivateOwner: 0,
  });
  return { result, pfns: [...pfns] };
}

const flagsOf = (entry: number) => entry & (HMM_PFN_VALID | HMM_PFN_WRITE | HMM_PFN_ERROR);
const store = (cpu: Current, mm: Mm, page: number, value: number) =>
  cpuAccess(cpu, mm, BASE + page * PAGE, ACCESS_WRITE, 1, value);

describe("hmm_range_fault", () => {
  test("a snapshot faults nothing and tells holes from pages not there yet", () => {
    withMirror(function* (cpu, mm, mirror, machine) {
      yield* doMmap(cpu, mm, BASE + PAGE, 5 * PAGE, RW, ANON);
      yield* doMprotect(cpu, mm, BASE + 2 * PAGE, PAGE, PROT_NONE);
      yield* store(cpu, mm, 3, 7); // written
      yield* cpuAccess(cpu, mm, BASE + 4 * PAGE, ACCESS_READ, 1, 0); // the page of zeros
      const frames = machine.balance().frames;
      const { result, pfns } = yield* ask(cpu, mirror, [0, 0, 0, 0, 0, 0, 0]);
      expect(result).toBe(0);
      const { ERROR, ABSENT, READABLE, WRITABLE } = {
        ERROR: HMM_PFN_ERROR,
        ABSENT: 0,
        READABLE: HMM_PFN_VALID,
        WRITABLE: HMM_PFN_VALID | HMM_PFN_WRITE,
      };
      expect(pfns.map(flagsOf)).toEqual([ERROR, ABSENT, ERROR, WRITABLE, READABLE, ABSENT, ERROR]);
      expect(hmmPfn(pfns[3])).toBe(ptePfn(lookupPte(machine.words, machine.kernel, mm, BASE + 3 * PAGE)));
      expect(hmmPfn(pfns[4])).toBe(0);
      expect(machine.balance().frames).toBe(frames);
    });
  });

  test("asked for, pages are faulted in: the page of zeros to read, pages of their own to write", () => {
    withMirror(function* (cpu, mm, mirror) {
      yield* doMmap(cpu, mm, BASE, 8 * PAGE, RW, ANON);
      const reading = yield* ask(
        cpu,
        mirror,
        Array.from({ length: 8 }, () => 0),
        HMM_PFN_REQ_FAULT,
      );
      expect(reading.result).toBe(0);
      expect(reading.pfns).toEqual(Array.from({ length: 8 }, () => HMM_PFN_VALID));
      // to write the zeros must be replaced, which reaches the mirror itself: the number is stale
      const seq = yield* mmuIntervalReadBegin(cpu, mirror.notifier);
      const writing = yield* ask(
        cpu,
        mirror,
        Array.from({ length: 8 }, () => 0),
        HMM_PFN_REQ_FAULT | HMM_PFN_REQ_WRITE,
        seq,
      );
      expect(writing.result).toBe(EBUSY);
      expect(yield* mirror.fault(cpu, mm, BASE, 8, true)).toBe(0);
      expect([...mirror.entries.values()].every((entry) => entry.isWritable && entry.pfn !== 0)).toBe(true);
    });
  });

  test("errors: no mapping, not readable, not writable, no memory", () => {
    withMirror(
      function* (cpu, mm, mirror) {
        expect((yield* ask(cpu, mirror, [HMM_PFN_REQ_FAULT])).result).toBe(EFAULT);
        yield* doMmap(cpu, mm, BASE, 8 * PAGE, PROT_READ, ANON);
        expect(yield* mirror.fault(cpu, mm, BASE, 8, false)).toBe(0);
        expect(yield* mirror.fault(cpu, mm, BASE, 8, true)).toBe(EPERM);
        yield* doMprotect(cpu, mm, BASE + PAGE, PAGE, PROT_NONE);
        expect(yield* mirror.fault(cpu, mm, BASE, 8, false)).toBe(EFAULT);
        yield* doMprotect(cpu, mm, BASE, 8 * PAGE, RW);
        expect(yield* mirror.fault(cpu, mm, BASE, 8, true)).toBe(ENOMEM);
      },
      { frames: 14, swapSlots: 0 },
    );
  });

  test("what is asked for one page alone counts if the mask lets it through", () => {
    withMirror(function* (cpu, mm, mirror) {
      yield* doMmap(cpu, mm, BASE, 4 * PAGE, RW, ANON);
      const { result, pfns } = yield* ask(cpu, mirror, [0, 0, 0, HMM_PFN_REQ_FAULT | HMM_PFN_REQ_WRITE]);
      expect(result).toBe(0);
      expect(pfns.map(flagsOf)).toEqual([0, 0, 0, HMM_PFN_VALID | HMM_PFN_WRITE]);
    });
  });

  test("a number that is stale at the outset is -EBUSY", () => {
    withMirror(function* (cpu, mm, mirror) {
      yield* doMmap(cpu, mm, BASE, 4 * PAGE, RW, ANON);
      const seq = yield* mmuIntervalReadBegin(cpu, mirror.notifier);
      yield* doMadvise(cpu, mm, BASE, PAGE, MADV_DONTNEED);
      expect((yield* ask(cpu, mirror, [0], 0, seq)).result).toBe(EBUSY);
    });
  });

  test("a page given to a device for writing is not MADV_FREE's any more", () => {
    withMirror(function* (cpu, mm, mirror) {
      yield* doMmap(cpu, mm, BASE, 2 * PAGE, RW, ANON);
      for (const page of [0, 1]) yield* store(cpu, mm, page, 5);
      yield* doMadvise(cpu, mm, BASE, 2 * PAGE, MADV_FREE);
      expect(yield* mirror.fault(cpu, mm, BASE, 1, true)).toBe(0);
      yield* tryToFreePages(cpu, 10);
      expect(mirror.entries.size).toBe(0);
      expect(yield* cpuAccess(cpu, mm, BASE, ACCESS_READ, 1, 0)).toBe(5);
      expect(yield* cpuAccess(cpu, mm, BASE + PAGE, ACCESS_READ, 1, 0)).toBe(0);
    });
  });

  test("what a mirror holds is what the CPU holds, whatever happens meanwhile", () => {
    for (let seed = 1; seed <= 150; seed++) {
      const machine = mirrored({ frames: 60 });
      const { mirror } = machine;
      const mm = machine.run(function* (cpu) {
        const made = yield* mmAlloc(cpu);
        yield* mirror.open(cpu, made);
        yield* doMmap(cpu, made, BASE, 8 * PAGE, RW, ANON);
        for (let page = 0; page < 8; page++) yield* store(cpu, made, page, page);
        return made;
      });
      const bodies: ((cpu: Current) => Run<unknown>)[] = [
        function* (cpu) {
          for (let i = 0; i < 4; i++) {
            yield* mirror.fault(cpu, mm, BASE + i * PAGE, 4, i % 2 === 0);
            expectSame(machine, mm);
          }
        },
        function* (cpu) {
          yield* doMunmap(cpu, mm, BASE + 2 * PAGE, 2 * PAGE);
          yield* doMmap(cpu, mm, BASE + 2 * PAGE, 2 * PAGE, RW, ANON);
          yield* doMprotect(cpu, mm, BASE, 8 * PAGE, PROT_READ);
          yield* doMprotect(cpu, mm, BASE, 8 * PAGE, RW);
          yield* doMadvise(cpu, mm, BASE, 4 * PAGE, MADV_DONTNEED);
        },
        function* (cpu) {
          const child = yield* dupMm(cpu, mm);
          for (let page = 0; page < 8; page++) yield* cpuAccess(cpu, mm, BASE + page * PAGE, ACCESS_ADD, 0, 1);
          yield* mmput(cpu, child);
        },
        function* (cpu) {
          for (let i = 0; i < 4; i++) yield* tryToFreePages(cpu, 3);
        },
      ];
      try {
        const spawn = (engine: Engine) => {
          bodies.forEach((body, n) => {
            const cpu = machine.cpu(n, engine);
            engine.spawn(cpu, body(cpu));
          });
        };
        const rng = xoroshiro128plus(seed);
        if (seed % 2 === 0) randomWalk({ words: machine.words, seed, spawn });
        else burstWalk(machine.words, (bound) => unsafeUniformIntDistribution(0, bound - 1, rng), spawn);
      } catch (error) {
        throw new Error(`seed ${seed}: ${String(error)}`, { cause: error });
      }
      expectSame(machine, mm);
      machine.run(function* (cpu) {
        yield* mmput(cpu, mm); // the process goes first: its exit reaches the mirror
        expect(mirror.entries.size).toBe(0);
        yield* mirror.close(cpu);
      });
      expect(machine.balance()).toEqual(NOTHING_IN_USE);
    }
  });
});

/** Outside a running invalidation every translation of the mirror is one of the CPU too. */
function expectSame({ mirror, words, kernel }: Machine & { mirror: Mirror }, mm: Mm): void {
  for (const [va, entry] of mirror.entries) {
    const pte = lookupPte(words, kernel, mm, va);
    if ((pte & PTE_PRESENT) !== 0) assert.deepEqual({ va, pfn: ptePfn(pte) }, { va, pfn: entry.pfn });
  }
}
