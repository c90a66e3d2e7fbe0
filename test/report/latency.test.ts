import fc from "fast-check";
import { encodeIntoCompressedBase64 } from "hdr-histogram-js";
import { expect, test } from "vitest";
import { latencyHistogram, mergeLatencies, percentiles, recordLatency } from "../../src/report/latency.ts";

const latencies = fc.array(fc.integer({ min: 0, max: 3_600_000_000 }), { minLength: 1, maxLength: 200 });

function histogramOf(values: readonly number[]) {
  const histogram = latencyHistogram();
  for (const us of values) recordLatency(histogram, us);
  return histogram;
}

test("percentiles are right to three digits, whichever thread measured what", () => {
  fc.assert(
    fc.property(fc.array(latencies, { minLength: 1, maxLength: 5 }), (threads) => {
      const all = threads.flat().sort((a, b) => a - b);
      const rank = (p: number) => all[Math.max(Math.ceil((p / 100) * all.length) - 1, 0)];
      const merged = percentiles(mergeLatencies(threads.map((values) => encodeIntoCompressedBase64(histogramOf(values)))));
      for (const [got, exact] of [
        [merged.p50, rank(50)],
        [merged.p99, rank(99)],
        [merged.max, all.at(-1)!],
      ]) {
        expect(Math.abs(got - exact)).toBeLessThanOrEqual(exact / 1000);
      }
      expect(merged.p50).toBeLessThanOrEqual(merged.p99);
      expect(merged.p99).toBeLessThanOrEqual(merged.max);
    }),
    { numRuns: 30 },
  );
});

test("nothing measured is 0, and what is out of range counts as the nearest that is not", () => {
  expect(percentiles(mergeLatencies([]))).toStrictEqual({ p50: 0, p99: 0, max: 0 });
  expect(percentiles(histogramOf([-5, 0.4]))).toStrictEqual({ p50: 0, p99: 0, max: 0 });
  expect(percentiles(histogramOf([1e15])).max).toBe(3_600_000_000);
});
