import { describe, expect, test } from "vitest";
import { EFAULT, EINVAL, ENOMEM } from "../../../src/kernel/errno.ts";
import { doBrk } from "../../../src/kernel/mm/brk.ts";
import { cpuAccess } from "../../../src/kernel/mm/cpu_access.ts";
import { dupMm } from "../../../src/kernel/mm/fork.ts";
import { doMadvise } from "../../../src/kernel/mm/madvise.ts";
import {
  MADV_DONTNEED,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_PRIVATE,
  MAP_SHARED,
  MREMAP_DONTUNMAP,
  MREMAP_FIXED,
  MREMAP_MAYMOVE,
  PROT_NONE,
  PROT_READ,
  PROT_WRITE,
} from "../../../src/kernel/mm/mman.ts";
import { mmAlloc, START_BRK } from "../../../src/kernel/mm/mm_alloc.ts";
import { mmput } from "../../../src/kernel/mm/mm_count.ts";
import { MmStruct } from "../../../src/kernel/mm/mm_struct.ts";
import { doMmap } from "../../../src/kernel/mm/mmap.ts";
import { doMprotect } from "../../../src/kernel/mm/mprotect.ts";
import { doMremap } from "../../../src/kernel/mm/mremap.ts";
import { doMunmap } from "../../../src/kernel/mm/munmap.ts";
import { oomReap } from "../../../src/kernel/mm/oom_reaper.ts";
import { tryToFreePages } from "../../../src/kernel/mm/vmscan.ts";
import { ACCESS_ADD, ACCESS_READ, ACCESS_WRITE } from "../../../src/kernel/tracepoints.ts";
import { lookupPte } from "../../../src/kernel/view.ts";
import type { Current } from "../../../src/kernel/current.ts";
import type { Run } from "../../../src/machine/step.ts";
import type { Ptr } from "../../../src/machine/struct.ts";
import { PTE_PRESENT, PTE_SWAP, PTE_ZERO_PAGE } from "../../../src/machine/pte.ts";
import { Machine, NOTHING_IN_USE } from "./fixture.ts";

const PAGE = 4096;
const RW = PROT_READ | PROT_WRITE;
const ANON = MAP_PRIVATE | MAP_ANONYMOUS;
const SHARED = MAP_SHARED | MAP_ANONYMOUS;

type Mm = Ptr<"mm_struct">;

function inProcess(machine: Machine, body: (cpu: Current, mm: Mm) => Run<void>): void {
  machine.run(function* (cpu) {
    const mm = yield* mmAlloc(cpu);
    yield* body(cpu, mm);
    yield* mmput(cpu, mm);
  });
  expect(machine.balance()).toEqual(NOTHING_IN_USE);
}

const load = (cpu: Current, mm: Mm, va: number, word = 1) => cpuAccess(cpu, mm, va, ACCESS_READ, word, 0);
const store = (cpu: Current, mm: Mm, va: number, value: number) => cpuAccess(cpu, mm, va, ACCESS_WRITE, 1, value);
const mapCount = (machine: Machine, mm: Mm) => machine.words[mm + MmStruct.mapCount];

describe("mmap and munmap", () => {
  test("memory is zero until written, and gone after munmap", () => {
    const machine = new Machine();
    inProcess(machine, function* (cpu, mm) {
      const va = yield* doMmap(cpu, mm, 0, 4 * PAGE, RW, ANON);
      expect(va).toBeGreaterThan(0);
      expect(yield* load(cpu, mm, va)).toBe(0);
      expect(lookupPte(machine.words, machine.kernel, mm, va) & PTE_ZERO_PAGE).not.toBe(0);
      expect(yield* store(cpu, mm, va, 7)).toBe(7);
      expect(yield* cpuAccess(cpu, mm, va, ACCESS_ADD, 0, 3)).toBe(0);
      expect(yield* load(cpu, mm, va)).toBe(7);
      expect(yield* load(cpu, mm, va, 0)).toBe(3);
      expect(yield* doMunmap(cpu, mm, va, 4 * PAGE)).toBe(0);
      expect(yield* load(cpu, mm, va)).toBe(EFAULT);
    });
  });

  test("a hole in the middle leaves both ends", () => {
    const machine = new Machine();
    inProcess(machine, function* (cpu, mm) {
      const va = yield* doMmap(cpu, mm, 0, 5 * PAGE, RW, ANON);
      for (let i = 0; i < 5; i++) yield* store(cpu, mm, va + i * PAGE, i + 1);
      expect(yield* doMunmap(cpu, mm, va + 2 * PAGE, PAGE)).toBe(0);
      expect(mapCount(machine, mm)).toBe(2);
      expect(yield* load(cpu, mm, va + PAGE)).toBe(2);
      expect(yield* load(cpu, mm, va + 2 * PAGE)).toBe(EFAULT);
      expect(yield* load(cpu, mm, va + 3 * PAGE)).toBe(4);
    });
  });

  test("page tables go with the last mapping under them", () => {
    const machine = new Machine();
    inProcess(machine, function* (cpu, mm) {
      const empty = machine.balance().frames;
      const va = yield* doMmap(cpu, mm, 2 ** 40, PAGE, RW, ANON);
      const far = yield* doMmap(cpu, mm, 2 ** 40 + 2 ** 30, PAGE, RW, ANON);
      yield* store(cpu, mm, va, 1);
      yield* store(cpu, mm, far, 1);
      expect(machine.balance().frames).toBe(empty + 7); // two pages, two PTE, two PMD tables, one PUD table
      yield* doMunmap(cpu, mm, va, PAGE);
      expect(machine.balance().frames).toBe(empty + 4);
      yield* doMunmap(cpu, mm, far, PAGE);
      expect(machine.balance().frames).toBe(empty);
    });
  });

  test("MAP_FIXED replaces what is there", () => {
    const machine = new Machine();
    inProcess(machine, function* (cpu, mm) {
      const va = yield* doMmap(cpu, mm, 0, 3 * PAGE, RW, ANON);
      for (let i = 0; i < 3; i++) yield* store(cpu, mm, va + i * PAGE, i + 1);
      expect(yield* doMmap(cpu, mm, va + PAGE, PAGE, RW, ANON | MAP_FIXED)).toBe(va + PAGE);
      expect(yield* load(cpu, mm, va)).toBe(1);
      expect(yield* load(cpu, mm, va + PAGE)).toBe(0);
      expect(yield* load(cpu, mm, va + 2 * PAGE)).toBe(3);
    });
  });

  test("calls that make no sense are refused", () => {
    const machine = new Machine();
    inProcess(machine, function* (cpu, mm) {
      expect(yield* doMmap(cpu, mm, 0, 0, RW, ANON)).toBe(EINVAL);
      expect(yield* doMmap(cpu, mm, 1, PAGE, RW, ANON | MAP_FIXED)).toBe(EINVAL);
      expect(yield* doMmap(cpu, mm, 0, PAGE, RW, MAP_ANONYMOUS)).toBe(EINVAL);
      expect(yield* doMmap(cpu, mm, 0, 2 ** 47, RW, ANON)).toBe(ENOMEM);
      expect(yield* doMunmap(cpu, mm, 5, PAGE)).toBe(EINVAL);
      expect(yield* doMunmap(cpu, mm, PAGE, 0)).toBe(EINVAL);
      expect(yield* doMprotect(cpu, mm, PAGE, PAGE, RW)).toBe(ENOMEM);
    });
  });
});

describe("mprotect", () => {
  test("takes and gives permissions; PROT_NONE keeps the content", () => {
    const machine = new Machine();
    inProcess(machine, function* (cpu, mm) {
      const va = yield* doMmap(cpu, mm, 0, 3 * PAGE, RW, ANON);
      yield* store(cpu, mm, va + PAGE, 5);
      expect(yield* doMprotect(cpu, mm, va + PAGE, PAGE, PROT_READ)).toBe(0);
      expect(mapCount(machine, mm)).toBe(3);
      expect(yield* store(cpu, mm, va + PAGE, 6)).toBe(EFAULT);
      expect(yield* load(cpu, mm, va + PAGE)).toBe(5);
      expect(yield* doMprotect(cpu, mm, va + PAGE, PAGE, PROT_NONE)).toBe(0);
      expect(yield* load(cpu, mm, va + PAGE)).toBe(EFAULT);
      expect(yield* doMprotect(cpu, mm, va + PAGE, PAGE, RW)).toBe(0);
      expect(yield* load(cpu, mm, va + PAGE)).toBe(5);
      expect(yield* store(cpu, mm, va + PAGE, 6)).toBe(6);
      expect(mapCount(machine, mm)).toBe(1); // merged again
    });
  });
});

describe("mremap", () => {
  test("moves pages, grows, shrinks, and leaves the old place on demand", () => {
    const machine = new Machine();
    inProcess(machine, function* (cpu, mm) {
      const va = yield* doMmap(cpu, mm, 2 ** 40, 4 * PAGE, RW, ANON);
      for (let i = 0; i < 4; i++) yield* store(cpu, mm, va + i * PAGE, i + 1);
      const to = 2 ** 41 - 2 * PAGE; // across two leaf tables
      expect(yield* doMremap(cpu, mm, va, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to)).toBe(to);
      expect(yield* load(cpu, mm, va)).toBe(EFAULT);
      for (let i = 0; i < 4; i++) expect(yield* load(cpu, mm, to + i * PAGE)).toBe(i + 1);
      expect(yield* doMremap(cpu, mm, to, 4 * PAGE, 6 * PAGE, 0, 0)).toBe(to);
      expect(yield* load(cpu, mm, to + 5 * PAGE)).toBe(0);
      expect(yield* doMremap(cpu, mm, to, 6 * PAGE, 2 * PAGE, 0, 0)).toBe(to);
      expect(yield* load(cpu, mm, to + 2 * PAGE)).toBe(EFAULT);
      const flags = MREMAP_MAYMOVE | MREMAP_DONTUNMAP;
      const copy = yield* doMremap(cpu, mm, to, 2 * PAGE, 2 * PAGE, flags, 0);
      expect(copy).toBeGreaterThan(0);
      expect(yield* load(cpu, mm, copy + PAGE)).toBe(2);
      expect(yield* load(cpu, mm, to + PAGE)).toBe(0);
      expect(yield* doMremap(cpu, mm, to, PAGE, PAGE, MREMAP_FIXED, va)).toBe(EINVAL);
      expect(yield* doMremap(cpu, mm, va, PAGE, 2 * PAGE, MREMAP_MAYMOVE, 0)).toBe(EFAULT);
    });
  });
});

describe("fork", () => {
  test("private pages are shared until one side writes; shared ones forever", () => {
    const machine = new Machine();
    inProcess(machine, function* (cpu, mm) {
      const own = yield* doMmap(cpu, mm, 0, 2 * PAGE, RW, ANON);
      const shared = yield* doMmap(cpu, mm, 0, 2 * PAGE, RW, SHARED);
      yield* store(cpu, mm, own, 1);
      yield* store(cpu, mm, shared, 1);
      const child = yield* dupMm(cpu, mm);
      expect(lookupPte(machine.words, machine.kernel, child, own)).toBe(lookupPte(machine.words, machine.kernel, mm, own));
      yield* store(cpu, child, own, 2);
      yield* store(cpu, child, shared, 2);
      yield* store(cpu, child, shared + PAGE, 3);
      expect(yield* load(cpu, mm, own)).toBe(1);
      expect(yield* load(cpu, child, own)).toBe(2);
      expect(yield* load(cpu, mm, shared)).toBe(2);
      expect(yield* load(cpu, mm, shared + PAGE)).toBe(3);
      yield* mmput(cpu, child);
      yield* store(cpu, mm, own, 4); // alone again: no copy
      expect(yield* load(cpu, mm, own)).toBe(4);
    });
  });
});

describe("reclaim", () => {
  test("content comes back from swap, for forks and for shared memory too", () => {
    const machine = new Machine();
    inProcess(machine, function* (cpu, mm) {
      const own = yield* doMmap(cpu, mm, 0, 4 * PAGE, RW, ANON);
      const shared = yield* doMmap(cpu, mm, 0, 4 * PAGE, RW, SHARED);
      for (let i = 0; i < 4; i++) yield* store(cpu, mm, own + i * PAGE, 10 + i);
      for (let i = 0; i < 4; i++) yield* store(cpu, mm, shared + i * PAGE, 20 + i);
      const child = yield* dupMm(cpu, mm);
      expect(yield* tryToFreePages(cpu, 100)).toBe(8);
      expect(machine.balance().swapSlots).toBe(8);
      expect(lookupPte(machine.words, machine.kernel, mm, own) & (PTE_SWAP | PTE_PRESENT)).toBe(PTE_SWAP);
      expect(lookupPte(machine.words, machine.kernel, mm, shared)).toBe(0);
      for (const process of [mm, child]) {
        for (let i = 0; i < 4; i++) expect(yield* load(cpu, process, own + i * PAGE)).toBe(10 + i);
        for (let i = 0; i < 4; i++) expect(yield* load(cpu, process, shared + i * PAGE)).toBe(20 + i);
      }
      expect(machine.balance().swapSlots).toBe(0);
      yield* mmput(cpu, child);
    });
  });

  test("a process may use more pages than there are frames", () => {
    const machine = new Machine({ frames: 24 });
    inProcess(machine, function* (cpu, mm) {
      const va = yield* doMmap(cpu, mm, 0, 50 * PAGE, RW, ANON);
      for (let i = 0; i < 50; i++) expect(yield* store(cpu, mm, va + i * PAGE, i + 1)).toBe(i + 1);
      for (let i = 0; i < 50; i++) expect(yield* load(cpu, mm, va + i * PAGE)).toBe(i + 1);
    });
  });

  test("without swap it is out of memory, and nothing else", () => {
    const machine = new Machine({ frames: 24, swapSlots: 0 });
    inProcess(machine, function* (cpu, mm) {
      const va = yield* doMmap(cpu, mm, 0, 50 * PAGE, RW, ANON);
      let stored = 0;
      while ((yield* store(cpu, mm, va + stored * PAGE, 1)) === 1) stored++;
      expect(stored).toBe(19); // 23 without the page of zeros, less four tables
      expect(yield* doMadvise(cpu, mm, va, 50 * PAGE, MADV_DONTNEED)).toBe(0);
      expect(yield* store(cpu, mm, va + stored * PAGE, 1)).toBe(1);
    });
  });
});

describe("brk", () => {
  test("the heap grows, shrinks and stops at a mapping", () => {
    const machine = new Machine();
    inProcess(machine, function* (cpu, mm) {
      expect(yield* doBrk(cpu, mm, 0)).toBe(START_BRK);
      expect(yield* doBrk(cpu, mm, START_BRK + 100)).toBe(START_BRK + 100);
      expect(yield* store(cpu, mm, START_BRK, 5)).toBe(5);
      expect(yield* doBrk(cpu, mm, START_BRK + 10 * PAGE)).toBe(START_BRK + 10 * PAGE);
      expect(mapCount(machine, mm)).toBe(1);
      expect(yield* load(cpu, mm, START_BRK)).toBe(5);
      yield* doMmap(cpu, mm, START_BRK + 12 * PAGE, PAGE, PROT_READ, ANON | MAP_FIXED);
      expect(yield* doBrk(cpu, mm, START_BRK + 13 * PAGE)).toBe(START_BRK + 10 * PAGE);
      expect(yield* doBrk(cpu, mm, START_BRK)).toBe(START_BRK);
      expect(yield* load(cpu, mm, START_BRK)).toBe(EFAULT);
    });
  });
});

describe("OOM reaper", () => {
  test("takes private pages; what is gone stays gone", () => {
    const machine = new Machine();
    inProcess(machine, function* (cpu, mm) {
      const own = yield* doMmap(cpu, mm, 0, PAGE, RW, ANON);
      const shared = yield* doMmap(cpu, mm, 0, PAGE, RW, SHARED);
      yield* store(cpu, mm, own, 1);
      yield* store(cpu, mm, shared, 2);
      expect(yield* oomReap(cpu, mm)).toBe(true);
      expect(yield* load(cpu, mm, own)).toBe(EFAULT);
      expect(yield* load(cpu, mm, shared)).toBe(2);
      expect(yield* oomReap(cpu, mm)).toBe(true);
    });
  });
});
