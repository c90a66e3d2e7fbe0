import type { Plot, TrialResult } from "../../report/comparison.ts";
import type { CompareOptions, Experiment } from "../experiment.ts";
import { trialMachine } from "../machine.ts";
import type { Trial } from "../trial.ts";

/** Invalidations of a trial: a machine of many GPUs needs no more to be known. */
const MOST = 200;
const LEAST = 16;

/** How long an invalidation takes, by the number of GPUs and the time of their TLB invalidation. */
export const scaling: Experiment = {
  name: "scaling",
  question: "How does each design scale in the number of GPUs?",
  claim: "One pass takes the sum of all latencies, two passes the longest; what is left is software (RULES d 1, 23; the series' cover letter).",
  setting: "One CPU takes single pages, which all GPUs have mapped, away from idle GPUs of equal speed.",
  trials: (options) => options.tlbLatencyUs.flatMap((latencyUs) => options.designs.flatMap((driver) => options.gpus.map((gpus): Trial => ({
    labels: { driver, gpus, latencyUs },
    config: trialMachine({ driver, gpus, tlbLatencyUs: latencyUs, seed: options.seed }),
    invalidations: Math.max(LEAST, Math.round(MOST / gpus)), seconds: 100, isWatched: false,
  })))),
  conclude(results, options) {
    return {
      table: {
        columns: [
          { title: "TLB", unit: "us" }, { title: "GPUs", unit: "" }, { title: "design", unit: "" },
          { title: "start", unit: "us" }, { title: "finish", unit: "us" }, { title: "whole p50", unit: "us" }, { title: "whole p99", unit: "us" },
          { title: "a GPU", unit: "us" },
        ],
        rows: results.map(({ labels, measured }) => [
          labels["latencyUs"], labels["gpus"], labels["driver"], measured.startPassUs.p50, measured.finishPassUs.p50, measured.wholeUs.p50, measured.wholeUs.p99,
          measured.wholeUs.p50 / Number(labels["gpus"]),
        ]),
      },
      plots: options.tlbLatencyUs.map((latencyUs) => plotOf(results, latencyUs, options)),
      answer: options.tlbLatencyUs.flatMap((latencyUs) => answerFor(results, latencyUs, options)),
    };
  },
};

function plotOf(results: readonly TrialResult[], latencyUs: number, { designs }: CompareOptions): Plot {
  return {
    name: `scaling-${latencyUs}us`, title: `An invalidation, TLB invalidations taking ${latencyUs} us`,
    x: { label: "GPUs", isLog: true }, y: { label: "median, us", isLog: true },
    series: designs.map((driver) => ({
      name: driver,
      points: results.filter(({ labels }) => labels["driver"] === driver && labels["latencyUs"] === latencyUs)
        .map(({ labels, measured }) => [Number(labels["gpus"]), measured.wholeUs.p50] as const),
    })),
  };
}

/** Of the most GPUs: what each design takes, and by how much a GPU more lengthens it. */
function answerFor(results: readonly TrialResult[], latencyUs: number, { designs, gpus }: CompareOptions): string[] {
  const most = gpus.at(-1)!;
  const at = (driver: string, count: number) => results.find(({ labels }) => (
    labels["driver"] === driver && labels["gpus"] === count && labels["latencyUs"] === latencyUs
  ))!.measured.wholeUs.p50;
  return designs.map((driver) => {
    const perGpu = gpus.length < 2 ? 0 : (at(driver, most) - at(driver, gpus[0])) / (most - gpus[0]);
    return `TLB ${latencyUs} us, ${driver}: ${at(driver, most).toFixed(1)} us with ${most} GPUs; each GPU more costs ${perGpu.toFixed(2)} us.`;
  });
}
