import fc from "fast-check";
import type { Run } from "../../../src/machine/step.ts";
import { containerOf, embedded, struct, u32, type Ptr } from "../../../src/machine/struct.ts";
import type { Current } from "../../../src/kernel/current.ts";
import { EAGAIN } from "../../../src/kernel/errno.ts";
import { mmuIntervalNotifierInsert, mmuIntervalSetSeq } from "../../../src/kernel/mmu_notifier/interval.ts";
import {
  mmuNotifierInvalidateRangeEnd,
  mmuNotifierInvalidateRangeStart,
  mmuNotifierInvalidateRangeStartNonblock,
} from "../../../src/kernel/mmu_notifier/invalidate.ts";
import type { NotifierPasses } from "../../../src/kernel/mmu_notifier/passes.ts";
import { mmuNotifierRangeInit } from "../../../src/kernel/mmu_notifier/range.ts";
import {
  MmuIntervalNotifier,
  MmuIntervalNotifierFinish,
  MmuIntervalNotifierPass,
} from "../../../src/kernel/mmu_notifier/structs.ts";
import { MMU_NOTIFY_UNMAP, type MmuIntervalNotifierOps } from "../../../src/kernel/mmu_notifier/types.ts";
import type { Kernel } from "../../../src/kernel/kernel.ts";
import { Bench } from "./fixture.ts";

/** A device of which only the callbacks exist. */
export const Device = struct("device", {
  notifier: MmuIntervalNotifier,
  pass: MmuIntervalNotifierPass,
  finish: MmuIntervalNotifierFinish,
  number: u32,
  stage: u32,
});
const PAGE = 4096;

/** How a device's notifier behaves. */
export interface Behaviour {
  readonly page: number;
  readonly pages: number;
  /** Stages after the first; 0: all is done in one pass. */
  readonly stages: number;
  readonly ok: boolean;
}

export const behaviours: fc.Arbitrary<Behaviour[]> = fc.array(
  fc.record({
    page: fc.nat(12),
    pages: fc.integer({ min: 1, max: 6 }),
    stages: fc.nat(3),
    ok: fc.constantFrom(true, true, true, false),
  }),
  { maxLength: 10 },
);

export interface Range {
  /** Pages, `end` exclusive. */
  readonly start: number;
  readonly end: number;
  readonly blockable: boolean;
}

export const ranges: fc.Arbitrary<Range> = fc
  .record({ start: fc.nat(12), pages: fc.integer({ min: 1, max: 8 }), blockable: fc.boolean() })
  .map(({ start, pages, blockable }) => ({ start, end: start + pages, blockable }));

/** The numbers of those that a range hits, in the order of the tree, up to the one that refuses if that ends the walk. */
export function called(
  all: readonly Behaviour[],
  { start, end, blockable }: Range,
): { started: number[]; refused: number | null } {
  const hit = all
    .map((behaviour, number) => ({ ...behaviour, number }))
    .filter(({ page, pages }) => page < end && page + pages > start)
    .toSorted((a, b) => a.page - b.page); // stable: equal starts in the order of insertion
  const refusing = blockable ? -1 : hit.findIndex(({ ok }) => !ok);
  const started = (refusing < 0 ? hit : hit.slice(0, refusing)).map(({ number }) => number);
  return { started, refused: refusing < 0 ? null : hit[refusing].number };
}

/** Devices in one process, under a core of some design. */
export class Devices {
  readonly bench: Bench;
  readonly log: string[] = [];
  readonly #devices: Ptr<"device">;
  readonly #behaviours: readonly Behaviour[];

  /** @param opsOf the callbacks of this design, which tell of themselves in `log` */
  constructor(
    all: readonly Behaviour[],
    passes: NotifierPasses,
    opsOf: (devices: Devices, kernel: Kernel) => MmuIntervalNotifierOps,
  ) {
    this.#behaviours = all;
    const bench = new Bench(2, { passes });
    this.bench = bench;
    const ops = bench.kernel.notifier.registerIntervalOps(opsOf(this, bench.kernel));
    this.#devices = bench.layout.place(Device, "device", Math.max(1, all.length));
    bench.powerOn();
    for (const [index, { page, pages }] of all.entries()) {
      const device = (this.#devices + index * Device.words) as Ptr<"device">;
      bench.words[device + Device.number] = index;
      const sub = embedded(device, Device.notifier);
      bench.atOnce((current) =>
        mmuIntervalNotifierInsert(current, sub, bench.mm, BigInt(page * PAGE), BigInt(pages * PAGE), ops),
      );
    }
  }

  of(sub: Ptr<"mmu_interval_notifier">): Behaviour & { readonly device: Ptr<"device">; readonly number: number } {
    const device = containerOf(sub, Device.notifier);
    const number = this.bench.words[device + Device.number];
    return { ...this.#behaviours[number], device, number };
  }

  /** What all start callbacks have in common; what they return. */
  *start(current: Current, sub: Ptr<"mmu_interval_notifier">, seq: number): Run<boolean> {
    const { number, ok } = this.of(sub);
    this.log.push(`start ${number}`);
    yield* mmuIntervalSetSeq(current, sub, seq);
    return ok;
  }

  /** Start and end a range, and change page tables in between: 0 or -EAGAIN. */
  invalidate({ start, end, blockable }: Range, change = () => {}): number {
    const { bench } = this;
    return bench.atOnce(function* (current) {
      const range = mmuNotifierRangeInit(current, bench.mm, start * PAGE, end * PAGE, MMU_NOTIFY_UNMAP);
      if (blockable) yield* mmuNotifierInvalidateRangeStart(current, range);
      else if ((yield* mmuNotifierInvalidateRangeStartNonblock(current, range)) !== 0) return EAGAIN;
      change();
      yield* mmuNotifierInvalidateRangeEnd(current, range);
      return 0;
    });
  }
}
