import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Run } from "../../../src/machine/step.ts";
import { containerOf, embedded, NULL, struct, u32, type Ptr } from "../../../src/machine/struct.ts";
import type { Current } from "../../../src/kernel/current.ts";
import { EAGAIN } from "../../../src/kernel/errno.ts";
import {
  mmuIntervalNotifierInsert,
  mmuIntervalNotifierInsertLocked,
  mmuIntervalSetSeq,
} from "../../../src/kernel/mmu_notifier/interval.ts";
import {
  mmuNotifierInvalidateRangeEnd,
  mmuNotifierInvalidateRangeStart,
  mmuNotifierInvalidateRangeStartNonblock,
} from "../../../src/kernel/mmu_notifier/invalidate.ts";
import { mmuNotifierRangeInit } from "../../../src/kernel/mmu_notifier/range.ts";
import { mmuNotifierRelease } from "../../../src/kernel/mmu_notifier/release.ts";
import { MmuIntervalNotifier, MmuIntervalNotifierFinish } from "../../../src/kernel/mmu_notifier/structs.ts";
import { MMU_NOTIFY_UNMAP, type MmuIntervalNotifierOps } from "../../../src/kernel/mmu_notifier/types.ts";
import { kernelEvents } from "../../../src/kernel/tracepoints.ts";
import {
  WARN_BLOCKABLE_CALLBACK_RETURNED_FALSE,
  WARN_RELEASE_CALLBACK_RETURNED_FALSE,
  WARN_START_WITHOUT_FINISH,
} from "../../../src/kernel/warn.ts";
import { Bench } from "./fixture.ts";

const Device = struct("device", { notifier: MmuIntervalNotifier, finish: MmuIntervalNotifierFinish, number: u32 });
const PAGE = 4096;

/** How a device's notifier behaves. */
interface Behaviour {
  readonly page: number;
  readonly pages: number;
  readonly passes: 1 | 2;
  /** It leaves something to be finished. */
  readonly defers: boolean;
  readonly ok: boolean;
}

class Fixture {
  readonly bench = new Bench(1);
  readonly log: string[] = [];
  readonly warnings: number[] = [];
  readonly #devices: Ptr<"device">;
  readonly #behaviours: readonly Behaviour[];

  constructor(behaviours: readonly Behaviour[]) {
    const { bench } = this;
    this.#behaviours = behaviours;
    const onePass = bench.kernel.notifier.registerIntervalOps({
      invalidate: (current, sub, _range, seq) => this.#call(current, sub, seq, "once"),
    });
    const twoPass = bench.kernel.notifier.registerIntervalOps(this.#twoPass());
    this.#devices = bench.layout.place(Device, "device", Math.max(1, behaviours.length));
    bench.powerOn();
    bench.tracer.on("record", kernelEvents.warn, (_, what) => this.warnings.push(what));
    for (const [index, { page, pages, passes }] of behaviours.entries()) {
      const device = (this.#devices + index * Device.words) as Ptr<"device">;
      bench.words[device + Device.number] = index;
      const sub = embedded(device, Device.notifier);
      const ops = passes === 1 ? onePass : twoPass;
      bench.atOnce((current) =>
        mmuIntervalNotifierInsert(current, sub, bench.mm, BigInt(page * PAGE), BigInt(pages * PAGE), ops),
      );
    }
  }

  #twoPass(): MmuIntervalNotifierOps {
    const call = (current: Current, sub: Ptr<"mmu_interval_notifier">, seq: number) => this.#call(current, sub, seq, "start");
    const { log } = this;
    const behaviours = this.#behaviours;
    return {
      *invalidateStart(current, sub, _range, seq, slot) {
        if (slot.finish !== NULL) throw new Error("*finish is not NULL on entry");
        const device = containerOf(sub, Device.notifier);
        const { defers } = behaviours[current.words[device + Device.number]];
        if (defers) slot.finish = embedded(device, Device.finish); // also with false: the core must not queue it (RULES 16)
        return yield* call(current, sub, seq);
      },
      *invalidateFinish(current, finish) {
        const device = containerOf(finish, Device.finish);
        log.push(`finish ${current.words[device + Device.number]}`);
        // It may be re-used at once: the core must have read what it needs (RULES 18).
        current.words.fill(0x6b6b6b6b, finish, finish + MmuIntervalNotifierFinish.words);
      },
    };
  }

  *#call(current: Current, sub: Ptr<"mmu_interval_notifier">, seq: number, what: string): Run<boolean> {
    const number = current.words[containerOf(sub, Device.notifier) + Device.number];
    this.log.push(`${what} ${number}`);
    yield* mmuIntervalSetSeq(current, sub, seq);
    return this.#behaviours[number].ok;
  }

  /** What RULES 14 to 19, 27, 28 and 30 say must be logged. */
  expected(start: number, end: number, blockable: boolean): { log: string[]; result: number; refusals: number } {
    const hit = this.#behaviours
      .map((behaviour, number) => ({ ...behaviour, number }))
      .filter(({ page, pages }) => page < end && page + pages > start)
      .toSorted((a, b) => a.page - b.page); // stable: equal starts in the order of insertion
    const refusing = blockable ? -1 : hit.findIndex(({ ok }) => !ok);
    const called = refusing < 0 ? hit : hit.slice(0, refusing + 1);
    const starts = called.map(({ passes, number }) => `${passes === 1 ? "once" : "start"} ${number}`);
    const finishes = called
      .filter(({ passes, defers, ok }) => passes === 2 && defers && ok)
      .map(({ number }) => `finish ${number}`);
    return { log: [...starts, ...finishes], result: refusing < 0 ? 0 : EAGAIN, refusals: hit.filter(({ ok }) => !ok).length };
  }
}

const behaviour: fc.Arbitrary<Behaviour> = fc.record({
  page: fc.nat(12),
  pages: fc.integer({ min: 1, max: 6 }),
  passes: fc.constantFrom(1, 2),
  defers: fc.boolean(),
  ok: fc.constantFrom(true, true, true, false),
});

describe("the two passes", () => {
  it("start in tree order, stop at a refusal that may not block, and finish what was started in the same order", () => {
    fc.assert(
      fc.property(
        fc.array(behaviour, { maxLength: 12 }),
        fc.nat(12),
        fc.integer({ min: 1, max: 8 }),
        fc.boolean(),
        (behaviours, start, pages, blockable) => {
          const fixture = new Fixture(behaviours);
          const { bench } = fixture;
          const expected = fixture.expected(start, start + pages, blockable);
          const result = bench.atOnce(function* (current) {
            const range = mmuNotifierRangeInit(current, bench.mm, start * PAGE, (start + pages) * PAGE, MMU_NOTIFY_UNMAP);
            if (!blockable) return yield* mmuNotifierInvalidateRangeStartNonblock(current, range);
            yield* mmuNotifierInvalidateRangeStart(current, range);
            yield* mmuNotifierInvalidateRangeEnd(current, range);
            return 0;
          });
          expect({ log: fixture.log, result }).toEqual({ log: expected.log, result: expected.result });
          const warnings = blockable ? expected.refusals : 0;
          expect(fixture.warnings).toEqual(Array.from({ length: warnings }, () => WARN_BLOCKABLE_CALLBACK_RETURNED_FALSE));
        },
      ),
      { numRuns: 300, seed: 7 },
    );
  });

  it("are both made at mm exit, by all notifiers, refusals or not", () => {
    const behaviours: Behaviour[] = [
      { page: 5, pages: 1, passes: 2, defers: true, ok: true },
      { page: 1, pages: 2, passes: 1, defers: false, ok: false },
      { page: 3, pages: 9, passes: 2, defers: true, ok: true },
    ];
    const fixture = new Fixture(behaviours);
    fixture.bench.atOnce((current) => mmuNotifierRelease(current, fixture.bench.mm));
    expect(fixture.log).toEqual(["once 1", "start 2", "start 0", "finish 2", "finish 0"]);
    expect(fixture.warnings).toEqual([WARN_RELEASE_CALLBACK_RETURNED_FALSE]);
  });

  it("need both callbacks, which only the unlocked insert checks, and only once", () => {
    const bench = new Bench(1);
    const ops = bench.kernel.notifier.registerIntervalOps({
      *invalidateStart() {
        return true;
      },
    });
    const subs = bench.layout.place(MmuIntervalNotifier, "sub", 3);
    const sub = (index: number) => (subs + index * MmuIntervalNotifier.words) as Ptr<"mmu_interval_notifier">;
    const warnings: number[] = [];
    bench.tracer.on("record", kernelEvents.warn, (_, what) => warnings.push(what));
    bench.powerOn();
    bench.atOnce((current) => mmuIntervalNotifierInsertLocked(current, sub(0), bench.mm, 0n, 4096n, ops));
    expect(warnings).toEqual([]);
    bench.atOnce((current) => mmuIntervalNotifierInsert(current, sub(1), bench.mm, 0n, 4096n, ops));
    bench.atOnce((current) => mmuIntervalNotifierInsert(current, sub(2), bench.mm, 0n, 4096n, ops));
    expect(warnings).toEqual([WARN_START_WITHOUT_FINISH]);
  });
});
