import fc from "fast-check";
import { expect, test } from "vitest";
import {
  fillTlb,
  L1_ENTRIES,
  L2_SETS,
  L2_WAYS,
  lookupL1,
  lookupL2,
  removeFromTlb,
  type Translation,
} from "../../src/device/tlb.ts";
import { coveringTlbEntry, tlbEntryAt } from "../../src/device/view.ts";
import { mkPte, PAGE_SIZE, PTE_PRESENT, PTE_WRITE } from "../../src/machine/pte.ts";
import { Machine, READ_WRITE, runAlone } from "./fixture.ts";

/** A TLB driven one action after the other, and beside it what was filled in and not flushed since. */
class Bench {
  readonly machine = new Machine();
  readonly #task = this.machine.task("tlb");
  readonly #tlb = this.machine.gpu.tlbs[0];
  readonly model = new Map<string, number>();
  #found: Translation = { pte: 0, pteAddr: 0, stamp: 0, epoch: 0 };

  lookup(asid: number, va: number, needs = PTE_PRESENT): Translation | null {
    const hits =
      runAlone(lookupL1(this.#task, this.#tlb, asid, va, needs, this.#found)) ||
      runAlone(lookupL2(this.#task, this.#tlb, asid, va, needs, this.#found));
    return hits ? { ...this.#found } : null;
  }

  hitsL1(asid: number, va: number): boolean {
    return runAlone(lookupL1(this.#task, this.#tlb, asid, va, PTE_PRESENT, this.#found));
  }

  fill(asid: number, va: number, pte: number): number {
    this.lookup(asid, va, -1); // permits nothing: a miss, which is what starts a walk
    this.#found.pte = pte;
    if (!runAlone(fillTlb(this.#task, this.#tlb, asid, va, this.#found))) throw new Error("nobody flushed");
    this.model.set(`${asid} ${va}`, pte);
    return this.#found.stamp;
  }

  flush(asid: number, start: number, end: number): void {
    runAlone(removeFromTlb(this.#task, this.#tlb, asid, start, end));
    for (const key of this.model.keys()) {
      const [a, va] = key.split(" ").map(Number);
      if (a === asid && va < end && va + PAGE_SIZE > start) this.model.delete(key);
    }
  }

  covering(asid: number, start: number, end: number): number {
    return coveringTlbEntry(this.machine.words, this.machine.gpu, asid, start, end);
  }
}

// Few address spaces and pages, so that operations meet; pages that differ only above bit 32 of their number; all of one set.
const asids = fc.constantFrom(0, 1, 2 ** 28 - 1);
const vas = fc
  .tuple(fc.constantFrom(0, 2 ** 44, 2 ** 46), fc.nat({ max: 40 }), fc.constantFrom(1, L2_SETS))
  .map(([base, page, stride]) => base + page * stride * PAGE_SIZE);
const operations = fc.array(
  fc.oneof(
    fc.record({ op: fc.constant("fill" as const), asid: asids, va: vas, size: fc.integer({ min: 1, max: 2 ** 23 - 1 }) }),
    fc.record({ op: fc.constant("lookup" as const), asid: asids, va: vas, size: fc.constant(0) }),
    fc.record({ op: fc.constant("flush" as const), asid: asids, va: vas, size: fc.integer({ min: 0, max: 100 * PAGE_SIZE }) }),
  ),
  { maxLength: 200 },
);

const checks = {
  fill(bench: Bench, asid: number, va: number, pfn: number) {
    const stamp = bench.fill(asid, va, mkPte(pfn, READ_WRITE));
    expect(bench.lookup(asid, va)).toMatchObject({ pte: mkPte(pfn, READ_WRITE), stamp });
  },
  lookup(bench: Bench, asid: number, va: number) {
    const isThere = bench.covering(asid, va, va + 1) !== 0;
    expect(bench.lookup(asid, va)?.pte).toBe(isThere ? bench.model.get(`${asid} ${va}`) : undefined);
  },
  flush(bench: Bench, asid: number, va: number, bytes: number) {
    bench.flush(asid, va, va + bytes);
    expect(bench.covering(asid, va, va + bytes)).toBe(0);
  },
};

test("what is found is what was filled in last and not flushed since", () => {
  fc.assert(
    fc.property(operations, (script) => {
      const bench = new Bench();
      for (const { op, asid, va, size } of script) {
        checks[op](bench, asid, va, size);
        const entry = bench.covering(asid, va, va + 1);
        const known = { asid, va, pte: bench.model.get(`${asid} ${va}`), stamp: expect.any(Number) };
        expect(entry === 0 ? null : tlbEntryAt(bench.machine.words, entry)).toEqual(entry === 0 ? null : known);
      }
    }),
    { numRuns: 300 },
  );
});

test("stamps are never given twice, and a copy keeps the stamp of its original", () => {
  const bench = new Bench();
  const first = bench.fill(1, 0, mkPte(1, READ_WRITE));
  for (let page = 1; page <= L1_ENTRIES; page++) bench.fill(1, page * PAGE_SIZE, mkPte(page, READ_WRITE));
  expect(bench.hitsL1(1, 0)).toBe(false);
  expect(bench.lookup(1, 0)).toMatchObject({ stamp: first });
  expect(bench.hitsL1(1, 0)).toBe(true);
  expect(bench.fill(1, 0, mkPte(9, READ_WRITE))).toBe(first + L1_ENTRIES + 1);
});

test("a set of L2 holds as many translations as it has ways", () => {
  const bench = new Bench();
  const vaOf = (i: number) => i * L2_SETS * PAGE_SIZE;
  for (let i = 0; i < L2_WAYS; i++) bench.fill(1, vaOf(i), mkPte(i + 1, READ_WRITE));
  for (let i = 0; i < L2_WAYS; i++) expect(bench.lookup(1, vaOf(i))).not.toBeNull();
  // pushes all out of L1
  for (let i = 0; i < L1_ENTRIES; i++) bench.fill(1, (i * L2_SETS + 1) * PAGE_SIZE, mkPte(99, READ_WRITE));
  bench.fill(1, vaOf(L2_WAYS), mkPte(99, READ_WRITE));
  expect(Array.from({ length: L2_WAYS + 1 }, (_, i) => bench.covering(1, vaOf(i), vaOf(i) + 1) === 0)).toEqual(
    Array.from({ length: L2_WAYS + 1 }, (_, i) => i === 0),
  );
});

test("an entry that forbids the access is a miss, and is replaced, not doubled", () => {
  const bench = new Bench();
  bench.fill(1, 0, mkPte(7, PTE_PRESENT));
  expect(bench.lookup(1, 0, PTE_PRESENT | PTE_WRITE)).toBeNull();
  bench.fill(1, 0, mkPte(7, READ_WRITE));
  expect(bench.lookup(1, 0)).toMatchObject({ pte: mkPte(7, READ_WRITE) });
  expect(bench.lookup(1, 0, PTE_PRESENT | PTE_WRITE)).toMatchObject({ pte: mkPte(7, READ_WRITE) });
});

test("a walk that a flush overtook does not fill, whatever was flushed", () => {
  const { machine } = new Bench();
  const task = machine.task("walker");
  const found: Translation = { pte: 0, pteAddr: 0, stamp: 0, epoch: 0 };
  expect(runAlone(lookupL2(task, machine.gpu.tlbs[0], 1, 0, PTE_PRESENT, found))).toBe(false);
  runAlone(removeFromTlb(task, machine.gpu.tlbs[0], 2, 0, 0));
  found.pte = mkPte(7, READ_WRITE);
  expect(runAlone(fillTlb(task, machine.gpu.tlbs[0], 1, 0, found))).toBe(false);
  expect(coveringTlbEntry(machine.words, machine.gpu, 1, 0, PAGE_SIZE)).toBe(0);
});

test("an onlooker can ask for entries to one frame only", () => {
  const bench = new Bench();
  const { words, gpu } = bench.machine;
  bench.fill(1, 0, mkPte(7, READ_WRITE));
  bench.fill(1, PAGE_SIZE, mkPte(8, READ_WRITE));
  const entry = coveringTlbEntry(words, gpu, 1, 0, 2 * PAGE_SIZE, 8);
  expect(tlbEntryAt(words, entry)).toMatchObject({ va: PAGE_SIZE, pte: mkPte(8, READ_WRITE) });
  expect(coveringTlbEntry(words, gpu, 1, 0, PAGE_SIZE, 8)).toBe(0);
  expect(tlbEntryAt(words, entry + 4)).toBeNull();
});
