import type { Comparison, ExperimentResult, Measured, Plot } from "../../src/report/comparison.ts";

const NOTHING = { p50: 0, p99: 0, max: 0 };

/** What was measured, as far as reports look at it. */
export function measured(p50: number, p99: number): Measured {
  return {
    invalidations: 16,
    startPassUs: { p50: 1.66, p99: 2, max: 2 },
    finishPassUs: { p50: p50 - 1.66, p99: p99 - 2, max: p99 },
    wholeUs: { p50, p99, max: p99 },
    faultsPerSecond: 0,
    commitsPerSecond: 1234.5,
    faultRetries: 0,
    readerWaits: 0,
    readersWaiting: 0,
    readerWaitUs: NOTHING,
    treeWalkPercent: 0.42,
    twoPassCalls: 16,
    finishFallbacks: 1,
    fallbacksByGpu: [1],
    violations: {},
    isOver: true,
    virtualUs: 9130.048,
    steps: 275_144,
    locks: [{ name: "driver_lock", held: 12, heldUs: { p50: 1, p99: 2, max: 3 }, waits: 0, waitedUs: NOTHING, totalWaitedUs: 0 }],
  };
}

/** By design and number of GPUs: median, p99. */
const LATENCIES = [
  ["single-pass", 1, 46.04, 46.1],
  ["single-pass", 64, 2924.3, 2925],
  ["single-pass", 1024, 46_780.5, 46_800.1],
  ["two-pass", 1, 46.3, 46.4],
  ["two-pass", 64, 173, 173.4],
  ["two-pass", 1024, 2101, 2150],
] as const;

export const LOG_PLOT: Plot = {
  name: "scaling-40us",
  title: "An invalidation, if a TLB invalidation takes 40 us",
  x: { label: "GPUs", isLog: true },
  y: { label: "whole p50, us", isLog: true },
  series: ["single-pass", "two-pass"].map((name) => ({
    name,
    points: LATENCIES.filter(([design]) => design === name).map(([, gpus, us]) => [gpus, us] as const),
  })),
};

/** More series than colours, names that are markup, no points, a zero. */
export const LINEAR_PLOT: Plot = {
  name: "waits",
  title: 'Waits of <readers> & "others"',
  x: { label: "others", isLog: false },
  y: { label: "longest, us", isLog: false },
  series: Array.from({ length: 10 }, (_, index) => ({
    name: `design ${index} <${index}>`,
    points: index === 9 ? [] : Array.from({ length: 20 }, (_unused, x) => [x, x * (index + 1)] as const),
  })),
};

const SCALING: ExperimentResult = {
  name: "scaling",
  question: "How does each design scale in the number of GPUs?",
  claim: "One pass takes the sum of all latencies, two passes the longest; what is left is software (RULES d 1, 23).",
  setting: "One CPU takes single pages, which all GPUs have mapped, away from idle GPUs of equal speed.",
  table: {
    columns: [
      { title: "GPUs", unit: "" },
      { title: "design", unit: "" },
      { title: "whole p50", unit: "us" },
      { title: "p99", unit: "us" },
      { title: "commits", unit: "/s" },
      { title: "fallbacks", unit: "%" },
    ],
    rows: LATENCIES.map(([design, gpus, p50, p99]) => [
      gpus,
      design,
      p50,
      p99,
      design === "two-pass" ? 1234.5 : null,
      gpus === 1 ? 0 : 0.0625,
    ]),
  },
  plots: [LOG_PLOT],
  answer: [
    "two-pass: 2.10 ms with 1024 GPUs; each GPU more costs 2.01 us.",
    "Confirmed: single-pass takes 22 times as long with 1,024 GPUs, the sum of all latencies.",
  ],
  trials: LATENCIES.map(([design, gpus, p50, p99]) => ({ labels: { GPUs: gpus, design }, measured: measured(p50, p99) })),
};

/** A comparison in which all went well. */
export const COMPARED: Comparison = {
  verdict: "pass",
  seed: 1,
  executor: "simulator",
  elapsedMs: 83_412.7,
  experiments: [SCALING],
  interrupted: false,
  reproduce:
    "npx tsx scripts/compare.ts --experiments scaling --designs single-pass,two-pass --gpus 1,64,1024 " +
    "--tlb-latency-us 40 --seed 1",
  warnings: [],
};

/** Cut short, and something was objected to; a table that is too wide. */
export const OBJECTED: Comparison = {
  ...COMPARED,
  verdict: "fail",
  interrupted: true,
  executor: "threads",
  warnings: ["two-pass is meant to be right, and violated I10, stale-access"],
  experiments: [
    {
      ...SCALING,
      plots: [LINEAR_PLOT],
      table: {
        columns: [
          { title: "design | *", unit: "" },
          { title: "GPUs", unit: "" },
          ...Array.from({ length: 9 }, (_, index) => ({ title: `figure ${index}`, unit: "us" })),
        ],
        rows: ["a-design-with-a-very-long-name", "two-pass"].map((design) => [
          design,
          8,
          0.000_12,
          0.0012,
          0.012,
          0.123,
          1.23,
          12.3,
          123.4,
          1234.5,
          12_345,
        ]),
      },
      answer: ["Interrupted after 2 of 12 trials: no answer."],
    },
  ],
};
