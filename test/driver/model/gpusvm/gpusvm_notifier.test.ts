import { expect, it } from "vitest";
import { NOTIFIER_SIZE } from "../../../../src/driver/model/gpusvm/gpusvm.ts";
import { MADV_DONTNEED, MAP_ANONYMOUS, MAP_FIXED, MAP_PRIVATE, PROT_READ, PROT_WRITE } from "../../../../src/kernel/mm/mman.ts";
import { doMadvise } from "../../../../src/kernel/mm/madvise.ts";
import { mmAlloc } from "../../../../src/kernel/mm/mm_alloc.ts";
import { mmput } from "../../../../src/kernel/mm/mm_count.ts";
import { doMmap } from "../../../../src/kernel/mm/mmap.ts";
import { kernelEvents } from "../../../../src/kernel/tracepoints.ts";
import { ACCESS_WRITE } from "../../../../src/machine/access_kind.ts";
import { PAGE_SIZE } from "../../../../src/machine/pte.ts";
import { runOnCpu, TestMachine } from "../../machine.ts";
import { BASE } from "../../play.ts";

/** The last page of a notifier, the first and the last of the next one, and the first of the one after that. */
const PAGES = [BASE - PAGE_SIZE, BASE, BASE + NOTIFIER_SIZE - PAGE_SIZE, BASE + NOTIFIER_SIZE];

it.each(["gpusvm", "gpusvm-two-pass-checked"])("%s watches each page by the notifier that covers it (RULES 60)", (driver) => {
  const machine = new TestMachine({ driver });
  const [gpu] = machine.gpus;
  /** By page: the notifiers whose callback its invalidation called. */
  const called: number[][] = [];
  runOnCpu(machine, function* (current) {
    const mm = yield* mmAlloc(current);
    for (const va of PAGES)
      yield* doMmap(current, mm, va, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED);
    const vm = yield* machine.driver.open(current, gpu, mm);
    for (const va of PAGES) expect(yield* machine.driver.handleFault(current, { gpu, vm, va, kind: ACCESS_WRITE })).toBe(0);
    machine.tracer.on("record", kernelEvents.invalidateCall, (_task, sub) => void called.at(-1)!.push(sub));
    for (const va of PAGES) {
      called.push([]);
      yield* doMadvise(current, mm, va, PAGE_SIZE, MADV_DONTNEED);
    }
    called.push([]); // what closing calls is of no page
    yield* machine.driver.close(current, vm);
    yield* mmput(current, mm);
  });
  const [before, first, last, after] = called;
  expect([before, first, last, after].map((subs) => subs.length)).toEqual([1, 1, 1, 1]);
  expect(last).toEqual(first);
  expect(new Set([...before, ...first, ...after]).size).toBe(3);
  expect(machine.violations()).toEqual([]);
});
