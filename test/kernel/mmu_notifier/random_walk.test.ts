import { describe, expect, it } from "vitest";
import { cpuRelax } from "../../../src/machine/futex.ts";
import type { Run } from "../../../src/machine/step.ts";
import type { Current } from "../../../src/kernel/current.ts";
import { EAGAIN } from "../../../src/kernel/errno.ts";
import { mmuIntervalNotifierInsert, mmuIntervalNotifierRemove } from "../../../src/kernel/mmu_notifier/interval.ts";
import {
  mmuNotifierInvalidateRangeEnd,
  mmuNotifierInvalidateRangeStart,
  mmuNotifierInvalidateRangeStartNonblock,
} from "../../../src/kernel/mmu_notifier/invalidate.ts";
import { mmuNotifierRangeInit } from "../../../src/kernel/mmu_notifier/range.ts";
import { MMU_NOTIFY_UNMAP } from "../../../src/kernel/mmu_notifier/types.ts";
import { Bench } from "./fixture.ts";
import { Invariants, must } from "./invariants.ts";
import {
  Mirror,
  mirrorOnce,
  notifierOf,
  onePassOps,
  stopMirroring,
  twoPassOps,
  type MirrorPtr,
  type Mistakes,
} from "./mirror.ts";

/**
 * Four tasks at every step in turn: two invalidate overlapping ranges, some without blocking; two insert, read and
 * remove mirrors. The notifier's rules are looked at at every tracepoint.
 */
class Walk {
  readonly bench = new Bench(4);
  readonly mirrors: MirrorPtr;
  readonly invariants: Invariants;
  readonly #ops: readonly number[];
  readonly #mistakes: Mistakes;

  constructor(mistakes: Mistakes = {}) {
    this.#mistakes = mistakes;
    const { notifier } = this.bench.kernel;
    this.#ops = [notifier.registerIntervalOps(onePassOps(mistakes)), notifier.registerIntervalOps(twoPassOps(mistakes))];
    this.mirrors = this.bench.layout.place(Mirror, "mirror", 4);
    this.bench.powerOn();
    // The first insert registers with all locks of the mm held, which this walk's invalidators do not take: do it before.
    this.bench.atOnce(
      function* (this: Walk, current: Current) {
        yield* mmuIntervalNotifierInsert(current, notifierOf(this.#mirror(0)), this.bench.mm, 0n, 4096n, this.#ops[0]);
        yield* mmuIntervalNotifierRemove(current, notifierOf(this.#mirror(0)));
      }.bind(this),
    );
    this.invariants = new Invariants(this.bench);
  }

  run(seed: number): void {
    this.bench.walk(seed, [
      (current) =>
        this.#invalidate(
          current,
          [
            [0, 3],
            [2, 6],
            [0, 8],
            [3, 5],
          ],
          [5, 6],
        ),
      (current) =>
        this.#invalidate(
          current,
          [
            [4, 5],
            [0, 2],
            [2, 8],
            [0, 6],
          ],
          [0, 1],
        ),
      (current) =>
        this.#live(current, [
          [0, 0, 2],
          [1, 4, 4],
          [0, 1, 3],
        ]),
      (current) =>
        this.#live(current, [
          [2, 2, 4],
          [3, 0, 8],
          [2, 5, 1],
        ]),
    ]);
    this.invariants.atRest();
  }

  *#invalidate(current: Current, ranges: number[][], nonblock: number[]): Run<void> {
    const { mm } = this.bench;
    for (const [start, end] of ranges) {
      const range = mmuNotifierRangeInit(current, mm, start * 4096, end * 4096, MMU_NOTIFY_UNMAP);
      yield* mmuNotifierInvalidateRangeStart(current, range);
      yield* cpuRelax();
      yield* mmuNotifierInvalidateRangeEnd(current, range);
    }
    const range = mmuNotifierRangeInit(current, mm, nonblock[0] * 4096, nonblock[1] * 4096, MMU_NOTIFY_UNMAP);
    const error = yield* mmuNotifierInvalidateRangeStartNonblock(current, range);
    if (error === 0) yield* mmuNotifierInvalidateRangeEnd(current, range);
    else must(error === EAGAIN, "a refusal is -EAGAIN");
  }

  /** Insert, read twice, remove: for each [mirror, first page, pages]. */
  *#live(current: Current, uses: number[][]): Run<void> {
    for (const [index, page, pages] of uses) {
      const mirror = this.#mirror(index);
      const sub = notifierOf(mirror);
      const ops = this.#ops[index === 0 ? 0 : 1]; // one with one pass, three with two
      const error = yield* mmuIntervalNotifierInsert(current, sub, this.bench.mm, BigInt(page * 4096), BigInt(pages * 4096), ops);
      must(error === 0, "insert succeeds");
      for (let i = 0; i < 2; i++) {
        if (yield* mirrorOnce(current, mirror, this.#mistakes)) this.invariants.committed(sub);
      }
      yield* stopMirroring(current, mirror); // before, since remove may take it out of the tree long before it returns
      yield* mmuIntervalNotifierRemove(current, sub);
      must(this.bench.words[mirror + Mirror.finishInUse] === 0, "I11: no finish object is in use after remove");
    }
  }

  #mirror(index: number): MirrorPtr {
    return (this.mirrors + index * Mirror.words) as MirrorPtr;
  }
}

const SEEDS = Array.from({ length: 400 }, (_, index) => index + 1);

describe("interval notifiers under random schedules", () => {
  it("keep their rules", () => {
    const seen: Record<string, number> = {};
    for (const seed of SEEDS) {
      const walk = new Walk();
      walk.run(seed);
      for (const [what, count] of Object.entries(walk.invariants.seen)) seen[what] = (seen[what] ?? 0) + count;
    }
    // Nothing was checked that never happened.
    const rare = Object.entries(seen).filter(([, count]) => count < 20);
    expect(rare).toEqual([]);
  });

  it.each([
    ["set_seq", { forgetsSetSeq: true }, /violated: (I6|I16|no mirror)/],
    ["the answer of read_retry", { ignoresRetry: true }, /violated: (I16|no mirror)/],
    ["its finish object", { losesFinish: true }, /violated: I11: no finish/],
  ] as const)("do not keep them if a driver forgets %s", (_, mistakes, message) => {
    const found = SEEDS.map((seed) => complaintOf(mistakes, seed)).filter((complaint) => complaint !== null);
    expect(found.length).toBeGreaterThan(0);
    for (const complaint of found) expect(complaint).toMatch(message);
  });
});

function complaintOf(mistakes: Mistakes, seed: number): string | null {
  try {
    new Walk(mistakes).run(seed);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
