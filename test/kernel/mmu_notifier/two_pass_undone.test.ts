import { expect, it } from "vitest";
import { EAGAIN } from "../../../src/kernel/errno.ts";
import { mmuIntervalNotifierInsert } from "../../../src/kernel/mmu_notifier/interval.ts";
import {
  mmuNotifierInvalidateRangeEnd,
  mmuNotifierInvalidateRangeStart,
  mmuNotifierInvalidateRangeStartNonblock,
} from "../../../src/kernel/mmu_notifier/invalidate.ts";
import type { NotifierPasses } from "../../../src/kernel/mmu_notifier/passes.ts";
import { mmuNotifierRangeInit } from "../../../src/kernel/mmu_notifier/range.ts";
import { mmuNotifierRegister } from "../../../src/kernel/mmu_notifier/register.ts";
import { MmuNotifier } from "../../../src/kernel/mmu_notifier/structs.ts";
import { twoPassCore } from "../../../src/kernel/mmu_notifier/two_pass.ts";
import { twoPassUndoneCore } from "../../../src/kernel/mmu_notifier/two_pass_undone.ts";
import { MMU_NOTIFY_UNMAP } from "../../../src/kernel/mmu_notifier/types.ts";
import { kernelEvents } from "../../../src/kernel/tracepoints.ts";
import { Bench } from "./fixture.ts";
import { Mirror, notifierOf } from "./mirror.ts";

/**
 * How many ranges were active, from change to change, in one that a classic notifier refuses after the interval notifiers agreed.
 */
function activeRanges(passes: NotifierPasses, blockable: boolean): number[] {
  const bench = new Bench(1, { passes });
  const intervalOps = bench.kernel.notifier.registerIntervalOps({
    *invalidate() {
      return true;
    },
  });
  const ops = bench.kernel.notifier.registerOps({
    *invalidateRangeStart() {
      return EAGAIN;
    },
  });
  const mirror = bench.layout.place(Mirror, "mirror");
  const notifier = bench.layout.place(MmuNotifier, "notifier");
  bench.powerOn();
  const seen: number[] = [];
  bench.tracer.on("record", kernelEvents.invalidateState, (_task, _mm, _seq, active) => {
    if (active !== seen.at(-1)) seen.push(active);
  });
  bench.atOnce(function* (current) {
    yield* mmuIntervalNotifierInsert(current, notifierOf(mirror), bench.mm, 0n, 4096n, intervalOps);
    yield* mmuNotifierRegister(current, notifier, bench.mm, ops);
    const range = mmuNotifierRangeInit(current, bench.mm, 0, 4096, MMU_NOTIFY_UNMAP);
    if (!blockable) return yield* mmuNotifierInvalidateRangeStartNonblock(current, range);
    yield* mmuNotifierInvalidateRangeStart(current, range);
    yield* mmuNotifierInvalidateRangeEnd(current, range);
    return 0;
  });
  return seen;
}

it(
  "ends a range that a classic notifier refused, for there will be no range_end; the merged core counts it forever " +
    "(docs/findings/7)",
  () => {
    expect(activeRanges(twoPassCore, false)).toEqual([1]);
    expect(activeRanges(twoPassUndoneCore, false)).toEqual([1, 0]);
  },
);

it("leaves that to range_end in a range that may block, where a refusal is a notifier's bug and warned of (RULES 31)", () => {
  expect(activeRanges(twoPassCore, true)).toEqual([1, 0]);
  expect(activeRanges(twoPassUndoneCore, true)).toEqual([1, 0]);
});
