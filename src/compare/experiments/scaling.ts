import type { TrialResult } from "../../report/comparison.ts";
import type { CompareOptions, Experiment } from "../experiment.ts";
import { trialMachine } from "../machine.ts";
import { FINISH, measuredAt, plotOf, START, tableOf, TAIL, time, WHOLE, type Figure } from "../results.ts";
import type { Trial } from "../trial.ts";

/** Invalidations of a trial: a machine of many GPUs needs no more to be known. */
const MOST = 200;
const LEAST = 16;

/** How long an invalidation takes, by the number of GPUs and the time of their TLB invalidation. */
export const scaling: Experiment = {
  name: "scaling",
  question: "How does each design scale in the number of GPUs?",
  claim: "One pass takes the sum of all latencies, two passes the longest; what is left is software (RULES d 1, 23; cover letter of the series).",
  setting: "One CPU takes single pages, which all GPUs have mapped, away from idle GPUs of equal speed.",
  trials: (options) => options.tlbLatencyUs.flatMap((latencyUs) => options.designs.flatMap((driver) => options.gpus.map((gpus): Trial => ({
    labels: { TLB: latencyUs, GPUs: gpus, design: driver },
    config: trialMachine({ driver, gpus, cpus: options.cpus, tlbLatencyUs: latencyUs, seed: options.seed }),
    invalidations: Math.max(LEAST, Math.round(MOST / gpus)), seconds: 100, isWatched: false,
  })))),
  conclude: (results, options) => ({
    table: tableOf(results, [{ title: "TLB", unit: "us" }, { title: "GPUs", unit: "" }, { title: "design", unit: "" }], [START, FINISH, WHOLE, TAIL]),
    plots: options.tlbLatencyUs.map((latencyUs) => plotOf(results.filter(({ labels }) => labels["TLB"] === latencyUs), {
      name: `scaling-${latencyUs}us`, title: `An invalidation, if a TLB invalidation takes ${latencyUs} us`, by: "design", x: "GPUs", figure: WHOLE,
    })),
    answer: options.tlbLatencyUs.flatMap((latencyUs) => options.designs.map((driver) => answerFor(results, latencyUs, driver, options))),
  }),
};

/** With the most GPUs: what the design takes, and what a GPU more costs. */
function answerFor(results: readonly TrialResult[], latencyUs: number, driver: string, { gpus }: CompareOptions): string {
  const [few, many] = [gpus[0], gpus.at(-1)!];
  const at = (count: number, figure: Figure) => figure.of(measuredAt(results, { TLB: latencyUs, GPUs: count, design: driver }))!;
  const whole = `TLB ${latencyUs} us, ${driver}: ${time(at(many, WHOLE))} with ${many} GPUs`;
  return few === many ? `${whole}.` : `${whole}; each GPU more costs ${time((at(many, WHOLE) - at(few, WHOLE)) / (many - few))}.`;
}
