import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Rng } from "../../../../src/executor/explorer/engine/rng.ts";
import { TraceCounter } from "../../../../src/executor/explorer/measure/trace_counter.ts";

function counted(hashes: readonly number[], keep?: number) {
  const counter = new TraceCounter(keep);
  for (const hash of hashes) counter.add(hash);
  return counter.counts();
}

describe("counting distinct traces", () => {
  it("is exact while all of them are kept", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 30 })), (hashes) => {
        const times = new Map<number, number>();
        for (const hash of hashes) times.set(hash, (times.get(hash) ?? 0) + 1);
        const met = (count: number) => [...times.values()].filter((value) => value === count).length;
        expect(counted(hashes)).toEqual({ unique: times.size, singletons: met(1), doubletons: met(2), isExact: true });
      }),
    );
  });

  it("estimates within a few percent from a sample, in whatever order they come", () => {
    const rng = new Rng(3);
    const distinct = Array.from({ length: 30_000 }, () => rng.below(2 ** 31) + 2 ** 31 * rng.below(2 ** 20));
    const hashes = [...distinct, ...distinct.slice(0, 20_000), ...distinct.slice(0, 10_000)];
    const counts = counted(hashes, 4096);
    expect(counts.isExact).toBe(false);
    expect(Math.abs(counts.unique - 30_000)).toBeLessThan(2000);
    expect(Math.abs(counts.singletons - 10_000)).toBeLessThan(1500);
    expect(Math.abs(counts.doubletons - 10_000)).toBeLessThan(1500);
    expect(counted(hashes.toReversed(), 4096)).toEqual(counts);
  });

  it("restored into one that has counted already, forgets what that one counted", () => {
    const [saved, used, fresh] = [new TraceCounter(8), new TraceCounter(8), new TraceCounter(8)];
    for (let hash = 0; hash < 5; hash++) saved.add(hash);
    for (let hash = 100; hash < 200; hash++) used.add(hash); // has thinned, too
    for (const counter of [used, fresh]) {
      counter.restore(saved.toJSON());
      counter.add(6);
    }
    expect(used.toJSON()).toEqual(fresh.toJSON());
    expect(used.counts()).toMatchObject({ unique: 6, singletons: 6, isExact: true });
  });
});
