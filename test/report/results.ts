import fc from "fast-check";
import type { StressResult, Violation } from "../../src/report/result.ts";

/** A run in which all went well. */
export const PASSED: StressResult = {
  verdict: "pass",
  seed: 42,
  config: {
    gpus: 4,
    cpus: 3,
    driver: "two-pass",
    finish: { kind: "pool", size: 8 },
    scenario: "mixed",
    workload: null,
    access: "zipf",
    tlbLatencyUs: 40,
    preemptLatencyUs: 100,
    contexts: 2,
    memoryMib: 256,
    seed: 42,
  },
  elapsedMs: 10_004.2,
  bootMs: 712.5,
  violations: [],
  violationCounts: {},
  missed: {},
  counts: {
    invalidations: 48_211,
    starts: 192_844,
    finishes: 192_801,
    finishFallbacks: 43,
    flushes: 192_844,
    faults: 61_007,
    faultRetries: 5_120,
    accesses: 12_345_678,
    tlbHits: 12_001_222,
    tlbMisses: 344_456,
    staleAccesses: 0,
    syscalls: 50_113,
  },
  gpus: [
    { accesses: 3_086_419, tlbHits: 3_000_305, faults: 15_251, flushes: 48_211 },
    { accesses: 3_086_420, tlbHits: 3_000_306, faults: 15_252, flushes: 48_211 },
    { accesses: 3_086_419, tlbHits: 3_000_305, faults: 15_252, flushes: 48_211 },
    { accesses: 3_086_420, tlbHits: 3_000_306, faults: 15_252, flushes: 48_211 },
  ],
  latencyUs: {
    start: { p50: 12, p99: 130, max: 2_111 },
    finish: { p50: 41, p99: 220, max: 3_001 },
    invalidate: { p50: 55, p99: 371, max: 4_242 },
  },
  overlap: 3.71,
  devicesPerFlush: 3.9,
  peakRssBytes: 311 * 2 ** 20,
  hang: null,
  internalError: null,
  interrupted: false,
  workload: null,
  warnings: [],
  reproduce: "npm run stress -- --gpus 4 --cpus 3 --driver two-pass --finish pool:8 --scenario mixed --seed 42 --duration 10",
  scenario: "mixed",
  rules: ["stale-access", "join", "lost-data", "I10"],
};

const STALE: Violation = {
  rule: "stale-access",
  message:
    "gpu 3 read va 0x7f0000001000 through an entry of frame 17 made at generation 4; the frame was freed since (generation 5)",
  task: "gpu3/context1",
  timeUs: 1_234_567,
  recent: [
    "1.234501 cpu1          invalidate_range_start  mm 0x40 [0x7f0000001000, 0x7f0000003000) event UNMAP",
    "1.234532 gpu3/engine   flush_done              seqno 811",
    "1.234540 cpu1          page_free               pfn 17 generation 4",
    "1.234567 gpu3/context1 device_access           va 0x7f0000001000 pfn 17 read",
  ],
};

/** A run in which one rule was broken often and another once. */
export const VIOLATED: StressResult = {
  ...PASSED,
  verdict: "fail",
  violations: [
    STALE,
    {
      rule: "I10",
      message: "range 0x1a40: 4 starts handed out a finish, 3 finishes ran",
      task: "cpu0",
      timeUs: 1_300_000,
      recent: [],
    },
    ...Array.from({ length: 7 }, (_, i) => ({ ...STALE, timeUs: 1_400_000 + i, recent: [] })),
  ],
  violationCounts: { "stale-access": 1_208, I10: 1 },
  counts: { ...PASSED.counts, staleAccesses: 1_208 },
};

/** A run that hung, on a replayed log, with all the trouble there can be. */
export const HUNG: StressResult = {
  ...PASSED,
  verdict: "fail",
  counts: { ...PASSED.counts, finishFallbacks: 0 },
  overlap: 1.02,
  devicesPerFlush: 3.9,
  hang: {
    tasks: [
      { name: "cpu0", waitsFor: "mmap_lock (write)", holder: "cpu1", holderDoes: "is blocked", forMs: 12_000, overslept: null },
      {
        name: "cpu1",
        waitsFor: "notifier_lock (write)",
        holder: "cpu2",
        holderDoes: "is blocked",
        forMs: 12_003,
        overslept: null,
      },
      { name: "cpu2", waitsFor: "mmap_lock (read)", holder: "cpu0", holderDoes: "is blocked", forMs: 11_998, overslept: null },
      {
        name: "cpu3",
        waitsFor: "gpusvm.notifier_lock (write)",
        holder: "2 readers",
        holderDoes: null,
        forMs: 11_500,
        overslept: null,
      },
      {
        name: "gpu0/context0",
        waitsFor: "fault 77",
        holder: null,
        holderDoes: null,
        forMs: 11_000,
        overslept: { from: 5, to: 6 },
      },
    ],
    cycles: [["cpu0", "cpu1", "cpu2"]],
  },
  workload: { name: "examples/workloads/java-gc.strace.gz", unknownCalls: { shmat: 2, map_shadow_stack: 1 } },
  warnings: [
    "2 cores for 7 threads: latencies contain the time that threads waited for a core, so compare them with runs on " +
      "the same machine only",
  ],
};

/** A run in which the emulator itself broke. */
export const BROKEN: StressResult = {
  ...PASSED,
  verdict: "fail",
  overlap: null,
  devicesPerFlush: 0,
  gpus: [],
  internalError:
    "RangeError: worker gpu2 died: Invalid typed array index 99999\n    at load (access.ts:12:3)\n    at Engine.step " +
    "(engine.ts:40:11)",
};

export const INTERRUPTED: StressResult = {
  ...PASSED,
  interrupted: true,
  elapsedMs: 2_000,
  gpus: PASSED.gpus.slice(0, 1),
  overlap: 1,
  devicesPerFlush: 1,
};

export const MANY_GPUS: StressResult = {
  ...PASSED,
  gpus: Array.from({ length: 1024 }, () => PASSED.gpus[0]),
  overlap: 400,
  devicesPerFlush: 1000,
};

// Any result at all: texts with control characters and wide ones, numbers that are none.
const text = fc.oneof(
  fc.string({ maxLength: 200 }),
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.stringMatching(/^[\u4e00-\u4e20 ]{0,100}$/u),
  fc.constantFrom("\u001B[31mred\u001B[0m", "a\nb\r\nc", "x".repeat(500), "'quoted words' and\\backslashes", ']]>&<"', "# SKIP"),
);
const number = fc.oneof(fc.nat(), fc.maxSafeNat(), fc.double());
const percentiles = fc.record({ p50: number, p99: number, max: number });
const names = fc.array(text, { maxLength: 4 });

export const anyResult: fc.Arbitrary<StressResult> = fc.record({
  verdict: fc.constantFrom("pass", "fail", "not checked"),
  seed: fc.nat(),
  config: fc.dictionary(text, fc.oneof(text, number, fc.jsonValue() as fc.Arbitrary<unknown>)),
  elapsedMs: number,
  bootMs: fc.option(number),
  violations: fc.array(fc.record({ rule: text, message: text, task: text, timeUs: number, recent: names }), { maxLength: 8 }),
  violationCounts: fc.dictionary(text, fc.integer({ min: 1, max: 1e9 })),
  missed: fc.dictionary(text, fc.integer({ min: 1, max: 1e9 })),
  counts: fc.record({
    invalidations: number,
    starts: number,
    finishes: number,
    finishFallbacks: number,
    flushes: number,
    faults: number,
    faultRetries: number,
    accesses: number,
    tlbHits: number,
    tlbMisses: number,
    staleAccesses: number,
    syscalls: number,
  }),
  gpus: fc.array(fc.record({ accesses: number, tlbHits: number, faults: number, flushes: number }), { maxLength: 40 }),
  latencyUs: fc.record({ start: percentiles, finish: percentiles, invalidate: percentiles }),
  overlap: fc.option(number),
  devicesPerFlush: number,
  peakRssBytes: number,
  hang: fc.option(
    fc.record({
      tasks: fc.array(
        fc.record({
          name: text,
          waitsFor: text,
          holder: fc.option(text),
          holderDoes: fc.option(text),
          forMs: number,
          overslept: fc.option(fc.record({ from: number, to: number })),
        }),
        { maxLength: 4 },
      ),
      cycles: fc.array(names, { maxLength: 2 }),
    }),
  ),
  internalError: fc.option(text),
  interrupted: fc.boolean(),
  workload: fc.option(fc.record({ name: text, unknownCalls: fc.dictionary(text, number) })),
  warnings: names,
  reproduce: text,
  scenario: text,
  rules: names,
});
