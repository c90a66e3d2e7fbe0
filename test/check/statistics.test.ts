import { decodeFromCompressedBase64 } from "hdr-histogram-js";
import { expect, test } from "vitest";
import { mergeSnapshots } from "../../src/check/statistics.ts";
import { deviceEvents } from "../../src/device/tracepoints.ts";
import { driverEvents } from "../../src/driver/tracepoints.ts";
import { kernelEvents } from "../../src/kernel/tracepoints.ts";
import { mergeLatencies } from "../../src/report/latency.ts";
import { CPU0, CPU1, FINISH, GPU0, MM, Rig, SUB, VA } from "./rig.ts";

/** Two passes that take 100 and 1000 us, with one TLB invalidation. */
function invalidate(rig: Rig, task: number): void {
  const range = rig.rangeStart(task);
  rig.hit(task, driverEvents.flushSubmit, 0, VA, VA + 1, 1);
  rig.call(range, { finish: FINISH });
  rig.nowUs += 100;
  rig.startPassDone(range);
  rig.nowUs += 1000;
  rig.flush(1);
  rig.hit(GPU0, deviceEvents.commandDone, 0, 1, 1, 900);
  rig.hit(task, driverEvents.flushWaited, 0, 1, 0, 1000);
  rig.finish(range, FINISH);
  rig.rangeStarted(range);
  rig.rangeEnd(range);
}

test("counts of all threads add up", () => {
  const rig = new Rig();
  invalidate(rig, CPU0);
  invalidate(rig, CPU1);
  rig.hit(CPU1, driverEvents.finishFallback, 0, SUB);
  rig.hit(CPU1, driverEvents.faultRetry, 0, VA, 1);
  rig.hit(CPU0, kernelEvents.syscallEnter, 1, MM, 0, 0, 0, 0);
  rig.hit(GPU0, deviceEvents.fault, 0, 0, VA, 0);
  rig.hit(GPU0, deviceEvents.tlbLookup, 0, 0);
  rig.hit(GPU0, deviceEvents.tlbLookup, 0, 1);
  rig.hit(GPU0, deviceEvents.tlbLookup, 0, 2);
  rig.gpuRead(0);
  const { counts, gpus } = mergeSnapshots(rig.oracles.map((oracles) => oracles.snapshot()));
  expect(counts).toEqual({
    invalidations: 2,
    starts: 2,
    finishes: 2,
    finishFallbacks: 1,
    flushes: 2,
    faults: 1,
    faultRetries: 1,
    accesses: 1,
    tlbHits: 2,
    tlbMisses: 1,
    staleAccesses: 0,
    syscalls: 1,
  });
  expect(gpus).toEqual([{ accesses: 1, tlbHits: 2, faults: 1, flushes: 2 }]);
});

test("latencies of passes, as the report reads them", () => {
  const rig = new Rig();
  invalidate(rig, CPU0);
  invalidate(rig, CPU1);
  const { latencies, deviceUs, waitedUs } = mergeSnapshots(rig.oracles.map((oracles) => oracles.snapshot()));
  const between = (encoded: readonly string[], low: number, high: number) => {
    const histogram = mergeLatencies(encoded);
    expect(histogram.totalCount).toBe(2);
    expect(histogram.maxValue).toBeGreaterThanOrEqual(low);
    expect(histogram.maxValue).toBeLessThanOrEqual(high);
  };
  between(latencies.start, 100, 150);
  between(latencies.finish, 1000, 1050);
  between(latencies.invalidate, 1100, 1200);
  expect(deviceUs).toBe(1800);
  expect(waitedUs).toBeGreaterThanOrEqual(2200);
});

test("ranges that hit nobody and ranges without a flush leave no latency", () => {
  const rig = new Rig();
  const range = rig.rangeStart(CPU0);
  rig.startPassDone(range);
  rig.rangeStarted(range);
  rig.rangeEnd(range);
  expect(rig.oracles[CPU0 - 1].snapshot()).toMatchObject({ latencies: { start: [], finish: [], invalidate: [] }, waitedUs: 0 });
  rig.rangeEnd(rig.invalidated(CPU0));
  const { latencies, waitedUs } = rig.oracles[CPU0 - 1].snapshot();
  expect(decodeFromCompressedBase64(latencies.start[0]).totalCount).toBe(1);
  expect(latencies.finish).toEqual([]);
  expect(waitedUs).toBe(0);
});

test("of the worst waits the longest is the worst", () => {
  const rig = new Rig();
  invalidate(rig, CPU0);
  invalidate(rig, CPU1);
  const snapshots = rig.oracles.map((oracles) => oracles.snapshot());
  const longest = Math.max(...snapshots.map(({ worst }) => worst.notifierUs));
  expect(longest).toBeGreaterThanOrEqual(1100);
  expect(mergeSnapshots(snapshots).worst).toEqual({ readBeginUs: 0, removeUs: 0, notifierUs: longest });
});

test("a snapshot crosses threads", () => {
  const rig = new Rig();
  invalidate(rig, CPU0);
  const snapshot = rig.oracles[CPU0 - 1].snapshot();
  expect(structuredClone(snapshot)).toEqual(snapshot);
});
