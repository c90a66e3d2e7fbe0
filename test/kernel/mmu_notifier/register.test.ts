import { describe, expect, it } from "vitest";
import { cpuRelax } from "../../../src/machine/futex.ts";
import type { Run } from "../../../src/machine/step.ts";
import { embedded, type Ptr } from "../../../src/machine/struct.ts";
import type { Current } from "../../../src/kernel/current.ts";
import { EAGAIN, EINTR, EINVAL } from "../../../src/kernel/errno.ts";
import { downRead, upRead } from "../../../src/kernel/locking/rwsem.ts";
import { MmStruct } from "../../../src/kernel/mm/mm_struct.ts";
import { HLIST_OP_RANGE_END, HLIST_OP_RANGE_START } from "../../../src/kernel/mmu_notifier/hlist_op.ts";
import { mmuIntervalNotifierInsert, mmuIntervalNotifierRemove } from "../../../src/kernel/mmu_notifier/interval.ts";
import {
  mmuNotifierInvalidateRangeEnd,
  mmuNotifierInvalidateRangeStart,
  mmuNotifierInvalidateRangeStartNonblock,
} from "../../../src/kernel/mmu_notifier/invalidate.ts";
import { mmuNotifierRangeInit } from "../../../src/kernel/mmu_notifier/range.ts";
import {
  mmuNotifierGet,
  mmuNotifierPut,
  mmuNotifierRegister,
  mmuNotifierSynchronize,
  mmuNotifierUnregister,
} from "../../../src/kernel/mmu_notifier/register.ts";
import { MmuNotifier } from "../../../src/kernel/mmu_notifier/structs.ts";
import { MMU_NOTIFY_UNMAP, type MmuNotifierOps } from "../../../src/kernel/mmu_notifier/types.ts";
import { sendSignal, takeSignal } from "../../../src/kernel/signal.ts";
import { kernelEvents } from "../../../src/kernel/tracepoints.ts";
import { WARN_ARCH_TLB_AND_RANGE_OPS } from "../../../src/kernel/warn.ts";
import { Bench } from "./fixture.ts";
import { Mirror, notifierOf, onePassOps, type MirrorPtr } from "./mirror.ts";

const SEEDS = Array.from({ length: 200 }, (_, index) => index + 1);

/** Does nothing, for a while. */
const IDLE_OPS: MmuNotifierOps = {
  *invalidateRangeStart() {
    yield* cpuRelax();
    return 0;
  },
  *invalidateRangeEnd() {
    yield* cpuRelax();
  },
};

class Fixture {
  readonly bench = new Bench(4);
  readonly notifiers: Ptr<"mmu_notifier">;
  readonly mirror: MirrorPtr;
  readonly ops: number;
  readonly intervalOps: number;
  /** Notifiers that are on the list. */
  readonly registered = new Set<number>();

  constructor(ops: MmuNotifierOps = IDLE_OPS) {
    const { bench } = this;
    this.ops = bench.kernel.notifier.registerOps(ops);
    this.intervalOps = bench.kernel.notifier.registerIntervalOps(onePassOps());
    this.notifiers = bench.layout.place(MmuNotifier, "notifier", 4);
    this.mirror = bench.layout.place(Mirror, "mirror");
    bench.powerOn();
    bench.tracer.on("record", kernelEvents.hlistCall, (_, subscription) => {
      if (!this.registered.has(subscription)) throw new Error("a callback of an unregistered notifier");
    });
  }

  notifier(index: number): Ptr<"mmu_notifier"> {
    return (this.notifiers + index * MmuNotifier.words) as Ptr<"mmu_notifier">;
  }

  /** Some ranges under mmap_lock for read, which keeps registration out (RULES 41); or without. */
  *invalidate(current: Current, times: number, locks = true): Run<void> {
    for (let i = 0; i < times; i++) {
      const mmapLock = embedded(this.bench.mm, MmStruct.mmapLock);
      if (locks) yield* downRead(current, mmapLock);
      const range = mmuNotifierRangeInit(current, this.bench.mm, 0, 4096, MMU_NOTIFY_UNMAP);
      yield* mmuNotifierInvalidateRangeStart(current, range);
      yield* cpuRelax();
      yield* mmuNotifierInvalidateRangeEnd(current, range);
      if (locks) yield* upRead(current, mmapLock);
    }
  }
}

describe("registration", () => {
  it("lets no callback of a notifier run once unregister has returned", () => {
    for (const seed of SEEDS) {
      const fixture = new Fixture();
      const { bench, registered } = fixture;
      const churn = (index: number) =>
        function* (current: Current): Run<void> {
          const notifier = fixture.notifier(index);
          for (let i = 0; i < 2; i++) {
            bench.words.fill(0, notifier, notifier + MmuNotifier.words);
            registered.add(notifier);
            if ((yield* mmuNotifierRegister(current, notifier, bench.mm, fixture.ops)) !== 0) throw new Error("register failed");
            yield* cpuRelax();
            yield* mmuNotifierUnregister(current, notifier);
            registered.delete(notifier);
          }
        };
      bench.walk(seed, [
        churn(0),
        churn(1),
        (current) => fixture.invalidate(current, 3),
        (current) => fixture.invalidate(current, 3),
      ]);
      expect(bench.words[bench.mm + MmStruct.mmCount]).toBe(1);
    }
  });

  it.each([
    ["never begins to count ranges between a start and its end", true],
    ["does so if ranges are invalidated without any lock of the mm", false],
  ])("%s", (_, locks) => {
    let underflows = 0;
    for (const seed of SEEDS) {
      const fixture = new Fixture();
      const { bench, mirror } = fixture;
      bench.tracer.on("record", kernelEvents.invalidateState, (_task, _mm, _seq, active) => {
        if (active < 0) underflows++; // an end lowered what its start had not raised
      });
      bench.walk(seed, [
        (current) => fixture.invalidate(current, 3, locks),
        (current) => fixture.invalidate(current, 3, locks),
        function* (current) {
          // the first insert sets has_itree
          const sub = notifierOf(mirror);
          const error = yield* mmuIntervalNotifierInsert(current, sub, bench.mm, 0n, 4096n, fixture.intervalOps);
          if (error !== 0) throw new Error(`insert: ${error}`);
          if (locks) yield* mmuIntervalNotifierRemove(current, sub);
        },
      ]);
    }
    expect(underflows > 0).toBe(!locks);
  });

  it("is interrupted by a pending signal and leaves nothing behind", () => {
    const { bench, ops, notifiers, registered } = new Fixture();
    registered.add(notifiers);
    const results = bench.atOnce(function* (current) {
      yield* sendSignal(current, current.id);
      const interrupted = yield* mmuNotifierRegister(current, notifiers, bench.mm, ops);
      yield* takeSignal(current);
      const inUse = bench.kernel.notifier.subscriptions.inUse(bench.words);
      const afterwards = yield* mmuNotifierRegister(current, notifiers, bench.mm, ops);
      return { interrupted, inUse, afterwards };
    });
    expect(results).toEqual({ interrupted: EINTR, inUse: 0, afterwards: 0 });
  });

  it("refuses ops that flush secondary TLBs twice, and says so once", () => {
    const { bench, ops, notifiers } = new Fixture({ ...IDLE_OPS, *archInvalidateSecondaryTlbs() {} });
    const warnings: number[] = [];
    bench.tracer.on("record", kernelEvents.warn, (_, what) => warnings.push(what));
    for (let i = 0; i < 2; i++) {
      expect(bench.atOnce((current) => mmuNotifierRegister(current, notifiers, bench.mm, ops))).toBe(EINVAL);
    }
    expect(warnings).toEqual([WARN_ARCH_TLB_AND_RANGE_OPS]);
  });

  it("calls every start, then the ends at once, if one fails", () => {
    const calls: number[] = [];
    const { bench, ops, notifiers, registered } = new Fixture({
      *invalidateRangeStart() {
        return EAGAIN;
      },
    });
    bench.tracer.on("record", kernelEvents.hlistCall, (_task, _subscription, op) => calls.push(op));
    const others = bench.kernel.notifier.registerOps(IDLE_OPS);
    const second = (notifiers + MmuNotifier.words) as Ptr<"mmu_notifier">;
    const result = bench.atOnce(function* (current) {
      registered.add(notifiers).add(second);
      yield* mmuNotifierRegister(current, second, bench.mm, others);
      yield* mmuNotifierRegister(current, notifiers, bench.mm, ops);
      const range = mmuNotifierRangeInit(current, bench.mm, 0, 4096, MMU_NOTIFY_UNMAP);
      return yield* mmuNotifierInvalidateRangeStartNonblock(current, range);
    });
    expect(result).toBe(EAGAIN);
    expect(calls).toEqual([HLIST_OP_RANGE_START, HLIST_OP_RANGE_START, HLIST_OP_RANGE_END]);
  });
});

describe("get and put", () => {
  it("share one notifier of an ops table, and free it when the last user has gone and nobody walks over it", () => {
    for (const seed of SEEDS) {
      const free: Ptr<"mmu_notifier">[] = [];
      const fixture: Fixture = new Fixture({
        ...IDLE_OPS,
        *allocNotifier() {
          const notifier = free.pop()!;
          fixture.bench.words.fill(0, notifier, notifier + MmuNotifier.words);
          fixture.registered.add(notifier);
          return notifier;
        },
        *freeNotifier(_current, subscription) {
          fixture.registered.delete(subscription);
          free.push(subscription);
        },
      });
      const { bench, ops, registered } = fixture;
      free.push(...[0, 1, 2, 3].map((index) => fixture.notifier(index)));
      const user = function* (current: Current): Run<void> {
        for (let i = 0; i < 3; i++) {
          const subscription = yield* mmuNotifierGet(current, bench.mm, ops);
          if (subscription < 0 || !registered.has(subscription)) throw new Error(`get: ${subscription}`);
          yield* cpuRelax();
          yield* mmuNotifierPut(current, subscription as Ptr<"mmu_notifier">);
          if (i === 1) yield* mmuNotifierSynchronize(current);
        }
      };
      bench.walk(seed, [user, user, (current) => fixture.invalidate(current, 4)]);
      bench.atOnce((current) => mmuNotifierSynchronize(current));
      expect(registered.size).toBe(0);
      expect(bench.words[bench.mm + MmStruct.mmCount]).toBe(1);
    }
  });
});
