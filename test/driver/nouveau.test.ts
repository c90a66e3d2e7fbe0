import { expect, it } from "vitest";
import { ownerOf } from "../../src/driver/owner.ts";
import { driverEvents } from "../../src/driver/tracepoints.ts";
import { MAP_ANONYMOUS, MAP_FIXED, MAP_PRIVATE, PROT_READ, PROT_WRITE } from "../../src/kernel/mm/mman.ts";
import { mmAlloc } from "../../src/kernel/mm/mm_alloc.ts";
import { mmput } from "../../src/kernel/mm/mm_count.ts";
import { doMmap } from "../../src/kernel/mm/mmap.ts";
import { mmuNotifierInvalidateRangeEnd, mmuNotifierInvalidateRangeStart } from "../../src/kernel/mmu_notifier/invalidate.ts";
import { mmuNotifierRangeInit } from "../../src/kernel/mmu_notifier/range.ts";
import { MMU_NOTIFY_CLEAR, MMU_NOTIFY_EXCLUSIVE, MMU_NOTIFY_MIGRATE } from "../../src/kernel/mmu_notifier/types.ts";
import { ACCESS_WRITE } from "../../src/machine/access_kind.ts";
import { PAGE_SIZE } from "../../src/machine/pte.ts";
import { runOnCpu, TestMachine } from "./machine.ts";
import { BASE } from "./play.ts";

/** Which of two GPUs unmap a page that both have, in a range with this event and owner. */
function unmappingGpus(event: number, owner: number): number[] {
  const machine = new TestMachine({ driver: "nouveau", gpus: 2 });
  const unmapped: number[] = [];
  machine.tracer.on(driverEvents.zap, (_task, gpu) => unmapped.push(gpu));
  let inRange: number[] = [];
  runOnCpu(machine, function* (current) {
    const mm = yield* mmAlloc(current);
    yield* doMmap(current, mm, BASE, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED);
    const vms = [];
    for (const gpu of machine.gpus) {
      const vm = yield* machine.driver.open(current, gpu, mm);
      yield* machine.driver.handleFault(current, { gpu, vm, va: BASE, kind: ACCESS_WRITE });
      vms.push(vm);
    }
    const range = mmuNotifierRangeInit(current, mm, BASE, BASE + PAGE_SIZE, event, owner);
    yield* mmuNotifierInvalidateRangeStart(current, range);
    inRange = unmapped.toSorted();
    yield* mmuNotifierInvalidateRangeEnd(current, range);
    for (const vm of vms) yield* machine.driver.close(current, vm);
    yield* mmput(current, mm);
  });
  return inRange;
}

const [FIRST, SECOND] = [0, 1].map((index) => ownerOf({ index }));

it("ignores a migration of its own, and no other (RULES 74)", () => {
  expect(unmappingGpus(MMU_NOTIFY_MIGRATE, FIRST)).toEqual([1]);
  expect(unmappingGpus(MMU_NOTIFY_MIGRATE, SECOND)).toEqual([0]);
  expect(unmappingGpus(MMU_NOTIFY_MIGRATE, 0)).toEqual([0, 1]);
});

it("ignores no other event, whoever causes it", () => {
  expect(unmappingGpus(MMU_NOTIFY_CLEAR, FIRST)).toEqual([0, 1]);
  expect(unmappingGpus(MMU_NOTIFY_EXCLUSIVE, FIRST)).toEqual([0, 1]);
});
