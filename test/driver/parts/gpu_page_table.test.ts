import fc from "fast-check";
import { expect, it } from "vitest";
import {
  gpuPtCommit,
  gpuPtCreate,
  gpuPtDestroy,
  gpuPtEntry,
  gpuPtHasAny,
  gpuPtPermits,
  gpuPtPopulate,
  gpuPtZap,
} from "../../../src/driver/parts/gpu_page_table.ts";
import { driverEvents } from "../../../src/driver/tracepoints.ts";
import { randomWalk } from "../../../src/executor/explorer/engine/random_walk.ts";
import type { Current } from "../../../src/kernel/current.ts";
import { mkPte, PAGE_SIZE, PMD_SIZE, PTE_PRESENT, PTE_WRITE } from "../../../src/machine/pte.ts";
import type { Run } from "../../../src/machine/step.ts";
import { NULL, type Ptr } from "../../../src/machine/struct.ts";
import { runOnCpu, TestMachine } from "../machine.ts";

const FIRST = 0x7f00_0000_0000 + PMD_SIZE - 8 * PAGE_SIZE;
const PAGES = 16;

/** An empty page table in a machine with `frames` frames. */
function withTable(frames: number, body: (current: Current, machine: TestMachine, vm: Ptr<"gpu_vm">) => Run<void>): TestMachine {
  const machine = new TestMachine({ driver: "single-pass", frames });
  runOnCpu(machine, function* (current) {
    expect(yield* gpuPtCreate(current, machine.spareVm)).toBe(0);
    yield* body(current, machine, machine.spareVm);
  });
  return machine;
}

const operations = fc.array(
  fc.oneof(
    fc.record({ op: fc.constant("map" as const), first: fc.nat(PAGES - 1), count: fc.constant(1) }),
    fc.record({ op: fc.constant("zap" as const), first: fc.nat(PAGES - 1), count: fc.integer({ min: 1, max: PAGES }) }),
  ),
  { maxLength: 20 },
);

it("does what a map of pages does, over the border of two tables", () => {
  fc.assert(
    fc.property(operations, (list) => {
      const model = new Map<number, number>();
      withTable(64, function* (current, machine, vm) {
        const [gpu] = machine.gpus;
        const found: [boolean, boolean][] = [];
        for (const [index, { op, first, count }] of list.entries()) {
          const start = FIRST + first * PAGE_SIZE;
          const end = start + count * PAGE_SIZE;
          const expected = [...model.keys()].filter((va) => va >= start && va < end);
          expect(yield* gpuPtHasAny(current, gpu, vm, start, end)).toBe(expected.length > 0);
          if (op === "map") {
            const pte = mkPte(index + 1, PTE_PRESENT);
            yield* gpuPtPopulate(current, gpu, vm, start);
            yield* gpuPtCommit(current, gpu, vm, start, pte, 0, 0);
            model.set(start, pte);
            continue;
          }
          for (const va of expected) model.delete(va);
          const zapped = yield* gpuPtZap(current, gpu, vm, start, end);
          found.push([zapped, expected.length > 0]);
        }
        for (const [zapped, expected] of found) expect(zapped).toBe(expected);
        for (let va = FIRST; va < FIRST + PAGES * PAGE_SIZE; va += PAGE_SIZE) {
          const entry = yield* gpuPtEntry(current, gpu, vm, va);
          expect(entry === NULL ? 0 : current.words[entry]).toBe(model.get(va) ?? 0);
        }
      });
    }),
    { numRuns: 60 },
  );
});

it("tells of every entry it writes and clears", () => {
  const seen: string[] = [];
  const machine = new TestMachine({ driver: "single-pass" });
  machine.tracer.on("record", driverEvents.commit, (_task, gpu, va, pte, _addr, sub, seq) =>
    seen.push(`commit ${gpu} ${va - FIRST} ${pte} ${sub} ${seq}`),
  );
  machine.tracer.on("record", driverEvents.zap, (_task, gpu, va, pte) => seen.push(`zap ${gpu} ${va - FIRST} ${pte}`));
  runOnCpu(machine, function* (current) {
    const [gpu] = machine.gpus;
    const vm = machine.spareVm;
    yield* gpuPtCreate(current, vm);
    yield* gpuPtPopulate(current, gpu, vm, FIRST);
    yield* gpuPtCommit(current, gpu, vm, FIRST, mkPte(5, PTE_PRESENT), 77, 3);
    expect(yield* gpuPtPermits(current, gpu, vm, FIRST, PTE_PRESENT)).toBe(true);
    expect(yield* gpuPtPermits(current, gpu, vm, FIRST, PTE_PRESENT | PTE_WRITE)).toBe(false);
    yield* gpuPtZap(current, gpu, vm, FIRST, FIRST + PMD_SIZE);
    expect(yield* gpuPtZap(current, gpu, vm, FIRST, FIRST + PMD_SIZE)).toBe(false);
  });
  const pte = mkPte(5, PTE_PRESENT);
  expect(seen).toEqual([`commit 0 0 ${pte} 77 3`, `zap 0 0 ${pte}`]);
});

it("adds tables once, however many tasks do it at the same time, and gives all of them back", () => {
  for (let seed = 1; seed <= 100; seed++) {
    const machine = new TestMachine({ driver: "single-pass", frames: 64 });
    const [gpu] = machine.gpus;
    const hw = machine.spareVm;
    const run = (spawn: (current: Current, id: number) => Run<void>, tasks: number) =>
      randomWalk({
        words: machine.words,
        seed,
        spawn: (engine) => {
          for (let id = 1; id <= tasks; id++) {
            const current = machine.current(engine, id);
            engine.spawn(current, spawn(current, id));
          }
        },
      });
    run(function* (current) {
      expect(yield* gpuPtCreate(current, hw)).toBe(0);
    }, 1);
    run(function* (current, id) {
      for (let i = 0; i < 3; i++) expect(yield* gpuPtPopulate(current, gpu, hw, FIRST + (id + i) * 4 * PAGE_SIZE)).toBe(0);
    }, 4);
    expect(machine.balance().frames).toBe(1 + 1 + 1 + 2);
    run(function* (current) {
      yield* gpuPtDestroy(current, gpu, hw);
    }, 1);
    expect(machine.balance().frames).toBe(0);
  }
});

it("reports that memory is out and keeps what it has", () => {
  withTable(3, function* (current, machine, vm) {
    expect(yield* gpuPtPopulate(current, machine.gpus[0], vm, FIRST)).toBe(-12);
  });
});
