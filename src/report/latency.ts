import { build, decodeFromCompressedBase64, type Histogram } from "hdr-histogram-js";
import type { Percentiles } from "./result.ts";

/** Longest latency told apart, in microseconds: an hour. */
const MAX_US = 3_600_000_000;

/**
 * A histogram of latencies in microseconds, to three digits. Every thread has its own; all are alike, so that they can be added.
 */
export function latencyHistogram(): Histogram {
  return build({
    bitBucketSize: 32,
    lowestDiscernibleValue: 1,
    highestTrackableValue: MAX_US,
    autoResize: false,
    numberOfSignificantValueDigits: 3,
  });
}

/** Count one latency. What is longer than an hour counts as an hour; what a clock that went backwards says, as 0. */
export function recordLatency(histogram: Histogram, us: number): void {
  histogram.recordValue(Math.min(Math.max(Math.round(us), 0), MAX_US));
}

/** The sum of the histograms of all threads, each as `encodeIntoCompressedBase64` of hdr-histogram-js gives it. */
export function mergeLatencies(encoded: Iterable<string>): Histogram {
  const sum = latencyHistogram();
  for (const text of encoded) sum.add(decodeFromCompressedBase64(text, 32));
  return sum;
}

/** In microseconds. A bucket's upper end may lie above all that was recorded, so each is cut at the maximum. */
export function percentiles(histogram: Histogram): Percentiles {
  if (histogram.totalCount === 0) return { p50: 0, p99: 0, max: 0 };
  const max = histogram.maxValue;
  return { p50: Math.min(histogram.getValueAtPercentile(50), max), p99: Math.min(histogram.getValueAtPercentile(99), max), max };
}
