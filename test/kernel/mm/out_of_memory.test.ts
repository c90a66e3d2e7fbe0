import assert from "node:assert/strict";
import { describe, expect, test } from "vitest";
import type { Current } from "../../../src/kernel/current.ts";
import { ENOMEM } from "../../../src/kernel/errno.ts";
import { doBrk } from "../../../src/kernel/mm/brk.ts";
import { cpuAccess } from "../../../src/kernel/mm/cpu_access.ts";
import { dupMm } from "../../../src/kernel/mm/fork.ts";
import {
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
import { mmput } from "../../../src/kernel/mm/mm_count.ts";
import { doMmap } from "../../../src/kernel/mm/mmap.ts";
import { doMprotect } from "../../../src/kernel/mm/mprotect.ts";
import { doMremap } from "../../../src/kernel/mm/mremap.ts";
import { doMunmap } from "../../../src/kernel/mm/munmap.ts";
import { ACCESS_READ, ACCESS_WRITE } from "../../../src/kernel/tracepoints.ts";
import type { Run } from "../../../src/machine/step.ts";
import { NULL } from "../../../src/machine/struct.ts";
import { Machine, NOTHING_IN_USE } from "./fixture.ts";
import { watch } from "./watch.ts";

const PAGE = 4096;
const RW = PROT_READ | PROT_WRITE;
const ANON = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
const SHARED = MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED;
const BASE = 2 ** 40;

/** A process that does a bit of everything; returns how many of its calls were refused for want of memory. */
function* life(cpu: Current): Run<number> {
  let refused = 0;
  const tally = function* (call: Run<number>): Run<number> {
    const result = yield* call;
    if (result < 0 && result !== ENOMEM) throw new Error(`a call failed with ${result}`);
    if (result === ENOMEM) refused++;
    return result;
  };
  const mm = yield* mmAlloc(cpu);
  if (mm === NULL) return 1;
  if ((yield* tally(doMmap(cpu, mm, BASE, 6 * PAGE, RW, ANON))) > 0) {
    for (let i = 0; i < 6; i++) yield* tally(cpuAccess(cpu, mm, BASE + i * PAGE, ACCESS_WRITE, 1, i));
    yield* tally(doMprotect(cpu, mm, BASE + PAGE, PAGE, PROT_READ));
    yield* tally(doMunmap(cpu, mm, BASE + 3 * PAGE, PAGE));
    yield* tally(doMremap(cpu, mm, BASE + 4 * PAGE, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, 2 * BASE));
  }
  if ((yield* tally(doMmap(cpu, mm, 3 * BASE, 600 * PAGE, RW, SHARED))) > 0) {
    for (const i of [0, 1, 599]) yield* tally(cpuAccess(cpu, mm, 3 * BASE + i * PAGE, ACCESS_WRITE, 1, i));
  }
  if ((yield* doBrk(cpu, mm, START_BRK + 2 * PAGE)) === START_BRK) refused++;
  else yield* tally(cpuAccess(cpu, mm, START_BRK, ACCESS_READ, 1, 0));
  const child = yield* dupMm(cpu, mm);
  if (child === NULL) {
    refused++;
  } else {
    const result = yield* cpuAccess(cpu, child, BASE, ACCESS_WRITE, 1, 9);
    if (result === ENOMEM) refused++;
    yield* mmput(cpu, child);
  }
  yield* mmput(cpu, mm);
  return refused;
}

/** Live with `limit` of something; nothing may be left behind. How many calls were refused. */
function liveWith(resource: "frames" | "vmas" | "mms", limit: number): number {
  const machine = new Machine({ swapSlots: 0, [resource]: limit });
  watch(machine.tracer, machine.kernel.mm.physical);
  const refused = machine.run(life);
  assert.deepEqual({ limit, ...machine.balance() }, { limit, ...NOTHING_IN_USE });
  return refused;
}

describe("out of memory at every single allocation", () => {
  test.each([
    ["frames", 70],
    ["vmas", 20],
    ["mms", 2],
  ] as const)("of %s", (resource, enough) => {
    expect(liveWith(resource, enough)).toBe(0);
    for (let limit = enough - 1; limit > 1; limit--) liveWith(resource, limit);
    expect(liveWith(resource, 1)).toBeGreaterThan(0);
  });

  test("a mapping that cannot be moved stays where it is", () => {
    for (let frames = 12; frames < 30; frames++) {
      const machine = new Machine({ frames, swapSlots: 0 });
      machine.run(function* (cpu) {
        const mm = yield* mmAlloc(cpu);
        const start = BASE - 2 * PAGE; // two leaf tables
        yield* doMmap(cpu, mm, start, 4 * PAGE, RW, ANON);
        let stored = 0;
        while (stored < 4 && (yield* cpuAccess(cpu, mm, start + stored * PAGE, ACCESS_WRITE, 1, stored + 1)) > 0) stored++;
        const to = 3 * BASE - PAGE;
        const result = yield* doMremap(cpu, mm, start, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to);
        expect([to, ENOMEM]).toContain(result);
        const now = result === to ? to : start;
        for (let i = 0; i < stored; i++) expect(yield* cpuAccess(cpu, mm, now + i * PAGE, ACCESS_READ, 1, 0)).toBe(i + 1);
        yield* mmput(cpu, mm);
      });
      expect(machine.balance()).toEqual(NOTHING_IN_USE);
    }
  });
});
