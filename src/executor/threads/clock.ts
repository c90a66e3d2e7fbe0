/**
 * One clock for all threads: microseconds since boot. Node gives every worker its own zero of `performance.now()`, but both
 * it and `hrtime` count the same monotonic clock, so the difference needs to be found only once a thread.
 *
 * @param bootNs `process.hrtime.bigint()` at boot, taken by main and handed to every worker
 */
export function clockSince(bootNs: bigint): () => number {
  let offsetUs = 0;
  let tightestMs = Infinity;
  for (let i = 0; i < 32; i++) {
    const beforeMs = performance.now();
    const ns = process.hrtime.bigint();
    const afterMs = performance.now();
    if (afterMs - beforeMs >= tightestMs) continue;
    tightestMs = afterMs - beforeMs; // the reading least disturbed by the scheduler wins
    offsetUs = Number(ns - bootNs) / 1000 - ((beforeMs + afterMs) / 2) * 1000;
  }
  return () => performance.now() * 1000 + offsetUs;
}
