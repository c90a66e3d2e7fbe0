import { beforeEach, describe, expect, it } from "vitest";
import type { Run } from "../../../src/machine/step.ts";
import { embedded, type Ptr } from "../../../src/machine/struct.ts";
import type { Current } from "../../../src/kernel/current.ts";
import { IntervalTreeNode, UNLINKED } from "../../../src/kernel/interval_tree.ts";
import { wakeUpAll } from "../../../src/kernel/locking/wait_queue.ts";
import { mmuIntervalNotifierInsert, mmuIntervalNotifierRemove } from "../../../src/kernel/mmu_notifier/interval.ts";
import { mmuNotifierInvalidateRangeEnd, mmuNotifierInvalidateRangeStart } from "../../../src/kernel/mmu_notifier/invalidate.ts";
import { mmuNotifierRangeInit } from "../../../src/kernel/mmu_notifier/range.ts";
import { mmuIntervalCheckRetry, mmuIntervalReadBegin, mmuIntervalReadRetry } from "../../../src/kernel/mmu_notifier/read.ts";
import { MmuIntervalNotifier, MmuNotifierSubscriptions } from "../../../src/kernel/mmu_notifier/structs.ts";
import { MmStruct } from "../../../src/kernel/mm/mm_struct.ts";
import { MMU_NOTIFY_UNMAP, type MmuNotifierRange } from "../../../src/kernel/mmu_notifier/types.ts";
import { kernelEvents } from "../../../src/kernel/tracepoints.ts";
import { Bench, type Standing } from "./fixture.ts";
import { Mirror, notifierOf, onePassOps, type MirrorPtr } from "./mirror.ts";

const PAGE = 4096;

describe("readers of an interval notifier", () => {
  let bench: Bench;
  let standing: Standing;
  let first: Ptr<"mmu_interval_notifier">;
  let second: Ptr<"mmu_interval_notifier">;

  beforeEach(() => {
    bench = new Bench(4);
    const ops = bench.kernel.notifier.registerIntervalOps(onePassOps());
    const mirrors = bench.layout.place(Mirror, "mirror", 2);
    first = notifierOf(mirrors);
    second = notifierOf((mirrors + Mirror.words) as MirrorPtr);
    bench.powerOn();
    bench.atOnce((current) => mmuIntervalNotifierInsert(current, first, bench.mm, 0n, BigInt(PAGE), ops));
    bench.atOnce((current) => mmuIntervalNotifierInsert(current, second, bench.mm, BigInt(8 * PAGE), BigInt(PAGE), ops));
    standing = bench.stand();
  });

  function start(page: number): MmuNotifierRange {
    return bench.atOnce(function* (current: Current): Run<MmuNotifierRange> {
      const range = mmuNotifierRangeInit(current, bench.mm, page * PAGE, (page + 1) * PAGE, MMU_NOTIFY_UNMAP);
      yield* mmuNotifierInvalidateRangeStart(current, range);
      return range;
    });
  }

  function end(range: MmuNotifierRange): void {
    const ender = standing.spawn(4, (current) => mmuNotifierInvalidateRangeEnd(current, range));
    expect(standing.run(ender)).toBe("done");
  }

  it("wait forevery overlapping range of the mm, and get the number they came with (RULES 8, 11)", () => {
    const hit = start(0);
    const other = start(4);
    const reader = standing.spawn(1, (current) => mmuIntervalReadBegin(current, first));
    expect(standing.run(reader)).toBe("waiting");
    end(hit);
    expect(standing.run(reader)).toBe("waiting");
    end(other);
    expect(standing.run(reader)).toBe("done");
    expect(reader.result).toBe(3);
    expect(bench.atOnce((current) => mmuIntervalReadRetry(current, first, 3))).toBe(false);
  });

  it("do not wait if the invalidation has not reached their notifier", () => {
    start(0);
    const reader = standing.spawn(1, (current) => mmuIntervalReadBegin(current, second));
    expect(standing.run(reader)).toBe("done");
    expect(reader.result).toBe(1);
  });

  it("wait at most once: the number may be stale on return", () => {
    const hit = start(0);
    const reader = standing.spawn(1, (current) => mmuIntervalReadBegin(current, first));
    expect(standing.run(reader)).toBe("waiting");
    end(hit);
    const next = start(0); // before the reader gets to run
    expect(standing.run(reader)).toBe("done");
    expect(bench.atOnce((current) => mmuIntervalCheckRetry(current, first, reader.result as number))).toBe(true);
    end(next);
  });

  it("take the pseudo-lock in passing, waiting or not, and so does remove (RULES 12)", () => {
    const map = bench.kernel.notifier.rangeStartMap;
    const events: string[] = [];
    bench.tracer.on("record", kernelEvents.lockAcquired, (task, lock) => {
      if (lock === map) events.push(`${task.name} +`);
    });
    bench.tracer.on("record", kernelEvents.lockRelease, (task, lock) => {
      if (lock === map) events.push(`${task.name} -`);
    });
    expect(standing.run(standing.spawn(1, (current) => mmuIntervalReadBegin(current, first)))).toBe("done");
    expect(standing.run(standing.spawn(2, (current) => mmuIntervalNotifierRemove(current, first)))).toBe("done");
    expect(events).toEqual(["cpu1 +", "cpu1 -", "cpu2 +", "cpu2 -"]);
  });

  it("are told of the end before remove returns: it looks at the number under the lock (RULES 37)", () => {
    const hit = start(0);
    const subscriptions = bench.words[bench.mm + MmStruct.notifierSubscriptions] as Ptr<"mmu_notifier_subscriptions">;
    const remover = standing.spawn(1, (current) => mmuIntervalNotifierRemove(current, first));
    expect(standing.run(remover)).toBe("waiting");
    let isEven = false;
    bench.tracer.on("record", kernelEvents.invalidateState, (_task, _mm, seq) => (isEven = (seq & 1) === 0));
    const ender = standing.spawn(2, (current) => mmuNotifierInvalidateRangeEnd(current, hit));
    while (!isEven) standing.engine.step(ender); // the number is even, the lock still held, `first` still in the tree
    const wq = embedded(subscriptions, MmuNotifierSubscriptions.wq);
    expect(standing.run(standing.spawn(3, (current) => wakeUpAll(current, wq)))).toBe("done");
    expect(standing.run(remover)).toBe("waiting"); // woken, but now for the lock
    expect(bench.words[first + MmuIntervalNotifier.intervalTree + IntervalTreeNode.colour]).not.toBe(UNLINKED);
    expect(standing.run(ender)).toBe("done");
    expect(standing.run(remover)).toBe("done");
    expect(bench.words[first + MmuIntervalNotifier.intervalTree + IntervalTreeNode.colour]).toBe(UNLINKED);
  });
});
