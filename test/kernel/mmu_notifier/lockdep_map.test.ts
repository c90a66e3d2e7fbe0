import { expect, it } from "vitest";
import { mmuNotifierInvalidateRangeEnd, mmuNotifierInvalidateRangeStart } from "../../../src/kernel/mmu_notifier/invalidate.ts";
import { mmuNotifierRangeInit } from "../../../src/kernel/mmu_notifier/range.ts";
import { MMU_NOTIFY_UNMAP } from "../../../src/kernel/mmu_notifier/types.ts";
import { kernelEvents } from "../../../src/kernel/tracepoints.ts";
import { Bench } from "./fixture.ts";

it("a range could have to wait, also in a process that has no notifiers yet (RULES 12)", () => {
  const bench = new Bench(1);
  bench.powerOn();
  const taken: string[] = [];
  const name = (lock: number) => bench.layout.nameOf(lock);
  bench.tracer.on("record", kernelEvents.lockAcquired, (_, lock) => taken.push(`takes ${name(lock)}`));
  bench.tracer.on("record", kernelEvents.lockRelease, (_, lock) => taken.push(`drops ${name(lock)}`));
  bench.atOnce(function* (current) {
    const range = mmuNotifierRangeInit(current, bench.mm, 0, 4096, MMU_NOTIFY_UNMAP);
    yield* mmuNotifierInvalidateRangeStart(current, range);
    yield* mmuNotifierInvalidateRangeEnd(current, range);
  });
  const map = name(bench.kernel.notifier.rangeStartMap);
  expect(taken).toEqual([`takes ${map}`, `drops ${map}`]);
});
