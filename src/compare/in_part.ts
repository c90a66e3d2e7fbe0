import type { ExperimentResult, TrialResult } from "../report/comparison.ts";

/** All that can be said of an experiment of which some trials were not run: what the others measured. */
export function concludeInPart(
  results: readonly TrialResult[],
  trials: number,
): Pick<ExperimentResult, "table" | "plots" | "answer"> {
  const labels = Object.keys(results[0].labels);
  return {
    table: {
      columns: [
        ...labels.map((title) => ({ title, unit: "" })),
        { title: "start", unit: "us" },
        { title: "finish", unit: "us" },
        { title: "whole p50", unit: "us" },
        { title: "whole p99", unit: "us" },
      ],
      rows: results.map((result) => [
        ...labels.map((label) => result.labels[label]),
        result.measured.startPassUs.p50,
        result.measured.finishPassUs.p50,
        result.measured.wholeUs.p50,
        result.measured.wholeUs.p99,
      ]),
    },
    plots: [],
    answer: [`Interrupted after ${results.length} of ${trials} trials: no answer.`],
  };
}
