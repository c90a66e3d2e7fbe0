import { expect, it } from "vitest";
import { ownerOf } from "../../../../src/driver/owner.ts";
import { driverEvents } from "../../../../src/driver/tracepoints.ts";
import {
  mmuNotifierInvalidateRangeEnd,
  mmuNotifierInvalidateRangeStart,
} from "../../../../src/kernel/mmu_notifier/invalidate.ts";
import { mmuNotifierRangeInit } from "../../../../src/kernel/mmu_notifier/range.ts";
import { MMU_NOTIFY_CLEAR, MMU_NOTIFY_EXCLUSIVE, MMU_NOTIFY_MIGRATE } from "../../../../src/kernel/mmu_notifier/types.ts";
import { PAGE_SIZE } from "../../../../src/machine/pte.ts";
import { runOnCpu, TestMachine } from "../../machine.ts";
import { BASE } from "../../play.ts";
import { withSharedPage } from "../../shared_page.ts";

/** Which of two GPUs unmap a page that both have, in a range with this event and owner. */
function unmappingGpus(event: number, owner: number): number[] {
  const machine = new TestMachine({ driver: "nouveau", gpus: 2 });
  const unmapped: number[] = [];
  machine.tracer.on("record", driverEvents.zap, (_task, gpu) => unmapped.push(gpu));
  let inRange: number[] = [];
  runOnCpu(machine, (current) =>
    withSharedPage(machine, current, function* (mm) {
      const range = mmuNotifierRangeInit(current, mm, BASE, BASE + PAGE_SIZE, event, owner);
      yield* mmuNotifierInvalidateRangeStart(current, range);
      inRange = unmapped.toSorted();
      yield* mmuNotifierInvalidateRangeEnd(current, range);
    }),
  );
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
