import type { Finding } from "../../src/hunt/explain/finding.ts";
import { DEFAULT_HUNT_MACHINE } from "../../src/hunt/machine/hunt_machine.ts";
import type { HuntResult } from "../../src/report/hunt_result.ts";
import { FAILURES } from "./failures.ts";

/** What hunts come to. */

const COMMON = {
  schedulesPerSecond: 20_412.6,
  stepsPerSecond: 3_061_890.2,
  uniqueTraces: 318_211,
  uniqueTracesAreExact: false,
  switches: { min: 3, average: 41.26, max: 187 },
  config: { gpus: 2, cpus: 2, strategy: "portfolio" },
  seed: 7,
  elapsedMs: 60_012.5,
  cutShort: false,
  interrupted: false,
  reproduce: "npx tsx scripts/hunt.ts --gpus 2 --cpus 2 --strategy portfolio --seconds 60 --seed 7",
} as const;

export const CLEAN: HuntResult = {
  ...COMMON,
  verdict: "pass",
  findings: [],
  schedules: 1_224_756,
  exhaustive: false,
  statement: [
    "1 configurations were explored to the end: all 4,122 traces, and none fails.",
    "In each of 3 configurations at least 391,200 executions were drawn, and none failed: of any one, with 95 % " +
      "confidence, at most 0.00077 % of such executions fail (rule of three).",
  ],
  parts: [
    { driver: "two-pass", scenario: "unmap", schedules: 410_000, uniqueTraces: 120_112, exhaustive: false, failure: null },
    { driver: "single-pass", scenario: "unmap", schedules: 4122, uniqueTraces: 4122, exhaustive: true, failure: null },
    {
      driver: "two-pass",
      scenario: "insert-while-invalidated",
      schedules: 401_317,
      uniqueTraces: 98_000,
      exhaustive: false,
      failure: null,
    },
    { driver: "xe-userptr-preempt", scenario: "unmap", schedules: 0, uniqueTraces: 0, exhaustive: false, failure: null },
    {
      driver: "/home/somebody/drivers/mine.ts",
      scenario: "unmap",
      schedules: 409_317,
      uniqueTraces: 95_977,
      exhaustive: false,
      failure: null,
    },
  ],
};

const FOUND = FAILURES["violation"];

const UNEXPLAINED: Finding = {
  where: {
    machine: { ...DEFAULT_HUNT_MACHINE, driver: "single-pass", play: "overlap" },
    bug: null,
    seed: 7,
    strategy: "random",
    index: 1233,
    steps: 98,
  },
  failure: { kind: "deadlock", rule: "deadlock", message: "cpu0, cpu1 wait forever", task: "cpu0", details: [] },
  schedule: { threads: new Uint16Array(), answers: new Uint8Array() },
  explanation: null,
};

export const FAILED: HuntResult = {
  ...COMMON,
  verdict: "fail",
  findings: [FOUND],
  schedules: 37,
  uniqueTraces: 37,
  uniqueTracesAreExact: true,
  exhaustive: false,
  statement: [],
  parts: [{ driver: "two-pass", scenario: "unmap", schedules: 37, uniqueTraces: 37, exhaustive: false, failure: "stale-access" }],
};

export const CUT_SHORT: HuntResult = {
  ...COMMON,
  verdict: "fail",
  findings: [UNEXPLAINED],
  schedules: 1234,
  uniqueTraces: 1234,
  uniqueTracesAreExact: true,
  exhaustive: false,
  interrupted: true,
  statement: [],
  parts: [
    { driver: "single-pass", scenario: "overlap", schedules: 1234, uniqueTraces: 1234, exhaustive: false, failure: "deadlock" },
  ],
};
