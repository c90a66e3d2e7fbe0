import { designsIn } from "../../driver/catalogue.ts";
import type { Plot, Table, TrialResult } from "../../report/comparison.ts";
import type { CompareOptions, Experiment } from "../experiment.ts";
import { trialMachine } from "../machine.ts";
import { measuredAt, plotOf, time, times, WHOLE } from "../results.ts";
import { above, all, below, conclude, figures, verdict, type Inequality, type Sentence } from "../sentence.ts";
import type { Trial } from "../trial.ts";

/** Invalidations of a trial: a machine of many GPUs needs no more to be known. */
const MOST = 200;
const LEAST = 12;

/** What one and two passes are without anything else. */
const PLAIN = new Set(["two-pass", "single-pass"]);

/** How long an invalidation takes, by the number of GPUs and the time of their TLB invalidation. */
export const scaling: Experiment = {
  name: "scaling",
  question: "How does each design scale in the number of GPUs?",
  claim:
    "One pass takes the sum of all latencies, two passes the longest; what is left is software (RULES d 1, 23; cover " +
    "letter of the series).",
  setting: "One CPU takes single pages, which all GPUs have mapped, away from idle GPUs of equal speed.",
  uses: ["designs", "gpus", "tlbLatencyUs", "cpus"],
  trials: (options) =>
    options.tlbLatencyUs.flatMap((latencyUs) =>
      options.designs.flatMap((driver) =>
        options.gpus.map((gpus): Trial => ({
          labels: { TLB: latencyUs, GPUs: gpus, design: driver },
          config: trialMachine({ driver, gpus, cpus: options.cpus, tlbLatencyUs: latencyUs, seed: options.seed }),
          invalidations: Math.max(LEAST, Math.round(MOST / gpus)),
          seconds: 100,
          isWatched: false,
        })),
      ),
    ),
  conclude: (results, options) => ({
    table: wholeByGpus(results, options),
    plots: options.tlbLatencyUs.flatMap((latencyUs) =>
      plotsFor(
        results.filter(({ labels }) => labels["TLB"] === latencyUs),
        latencyUs,
      ),
    ),
    answer: [
      ...verdictOf(results, options),
      ...softwareShare(results, options),
      ...options.designs.map((driver) => answerFor(results, driver, options)),
      ...boundFor(results, options),
    ],
  }),
};

/** What was argued, and what drivers do: two pictures, each with the two plain designs. */
function plotsFor(results: readonly TrialResult[], latencyUs: number): Plot[] {
  const plot = (name: string, who: string, isShown: (design: string) => boolean) =>
    plotOf(
      results.filter(({ labels }) => isShown(String(labels["design"]))),
      {
        name: `scaling-${latencyUs}us-${name}`,
        title: `An invalidation by ${who}, if a TLB invalidation takes ${latencyUs} us`,
        by: "design",
        x: "GPUs",
        figure: WHOLE,
      },
    );
  const designs = [...new Set(results.map(({ labels }) => String(labels["design"])))];
  return [
    ...(designs.every(isModel) ? [] : [plot("designs", "design", (design) => !isModel(design))]),
    ...(designs.some(isModel) ? [plot("drivers", "driver", (design) => isModel(design) || PLAIN.has(design))] : []),
  ];
}

/** A mixture counts as what its first design is. */
function isModel(design: string): boolean {
  return designsIn(design)[0].kind === "model";
}

/** One pass: the sum, within a tenth or more than it; two passes: their bound, within a tenth. */
function verdictOf(results: readonly TrialResult[], { designs, gpus, tlbLatencyUs }: CompareOptions): Sentence[] {
  const [shortest, latencyUs, many] = [Math.min(...tlbLatencyUs), Math.max(...tlbLatencyUs), gpus.at(-1)!];
  if (!designs.includes("two-pass") || !designs.includes("single-pass") || shortest === latencyUs) return [];
  const one = wholeUs(results, latencyUs, "single-pass", many) / (latencyUs * many);
  const two = wholeUs(results, latencyUs, "two-pass", many);
  const ofTwo = two / (latencyUs - shortest + wholeUs(results, shortest, "two-pass", many));
  return [
    verdict(
      all(above(0.9, one), below(1.1, ofTwo)),
      figures`with ${many} GPUs and ${latencyUs} us one pass takes ${one.toFixed(2)} of the sum of the latencies, two passes ${ofTwo.toFixed(2)} of the longest and the software.`,
      conclude(
        above(latencyUs, two - latencyUs),
        "The software is the larger part then: the start pass goes from GPU to GPU, and no second pass helps against that.",
        `The latency is the larger part then: ${latencyUs} us of the ${time(two)} that two passes take.`,
      ),
    ),
  ];
}

/** "Several orders of magnitude slower than the software steps" (Brost; RULES c): by how much, and up to how many GPUs. */
function softwareShare(results: readonly TrialResult[], { designs, gpus, tlbLatencyUs }: CompareOptions): Sentence[] {
  const [few, many] = [gpus[0], gpus.at(-1)!];
  if (!designs.includes("two-pass") || few === many || tlbLatencyUs.length === 1) return [];
  const [shortest, ...longer] = tlbLatencyUs;
  const softwareUs = (count: number) => wholeUs(results, shortest, "two-pass", count) - shortest;
  const eachUs = (softwareUs(many) - softwareUs(few)) / (many - few);
  if (!above(0, eachUs).holds) return [figures`A GPU more costs two-pass ${time(eachUs)} of software.`];
  const crossings = longer.map((us) => {
    const from = Math.ceil(us / eachUs);
    return figures`one of ${us} us takes ${times(us / eachUs)} as long, ${conclude(
      isLargerFrom(from, us, softwareUs, gpus),
      `so that the software is the larger part from ${from} GPUs on`,
      `and with ${many} GPUs all of the software takes ${time(softwareUs(many))}`,
    )}`;
  });
  return [
    figures`TLB invalidations were said to be several orders of magnitude slower than the software, which costs two-pass ${time(eachUs)} a GPU: ${crossings.join("; ")}.`,
  ];
}

/** With as many GPUs as were measured, does the software take longer than `latencyUs` from `from` on, and not before? */
function isLargerFrom(
  from: number,
  latencyUs: number,
  softwareUs: (gpus: number) => number,
  gpus: readonly number[],
): Inequality {
  return all(
    below(gpus.at(-1)! + 1, from),
    above(latencyUs, ...gpus.filter((count) => count >= from).map(softwareUs)),
    below(latencyUs, ...gpus.filter((count) => count < from).map(softwareUs)),
  );
}

/** The median of the whole: a row for each design and latency, a column for each number of GPUs. */
function wholeByGpus(results: readonly TrialResult[], { designs, gpus, tlbLatencyUs }: CompareOptions): Table {
  return {
    columns: [
      { title: "TLB", unit: "us" },
      { title: "design", unit: "" },
      ...gpus.map((count) => ({ title: `${count} GPU${count === 1 ? "" : "s"}`, unit: "us" })),
    ],
    rows: tlbLatencyUs.flatMap((latencyUs) =>
      designs.map((driver) => [latencyUs, driver, ...gpus.map((count) => wholeUs(results, latencyUs, driver, count))]),
    ),
  };
}

function wholeUs(results: readonly TrialResult[], latencyUs: number, driver: string, gpus: number): number {
  return measuredAt(results, { TLB: latencyUs, GPUs: gpus, design: driver }).wholeUs.p50;
}

/** With the most GPUs: what the design takes, and what a GPU more costs. */
function answerFor(results: readonly TrialResult[], driver: string, { gpus, tlbLatencyUs }: CompareOptions): Sentence {
  const [few, many] = [gpus[0], gpus.at(-1)!];
  const each = tlbLatencyUs.map((latencyUs) => {
    const took = wholeUs(results, latencyUs, driver, many);
    const slope = few === many ? "" : ` (${time((took - wholeUs(results, latencyUs, driver, few)) / (many - few))} a GPU)`;
    return `${time(took)}${slope} at ${latencyUs} us`;
  });
  return figures`${driver}, ${many} GPUs: ${each.join(", ")}.`;
}

/**
 * How near two passes come to what they take at most: the longest latency, and the software, as the shortest latency shows it.
 */
function boundFor(results: readonly TrialResult[], { designs, gpus, tlbLatencyUs }: CompareOptions): Sentence[] {
  const [shortest, ...longer] = tlbLatencyUs.toSorted((a, b) => a - b);
  if (!designs.includes("two-pass")) return [];
  return longer.map((latencyUs) => {
    const ratios = gpus.map(
      (count) =>
        wholeUs(results, latencyUs, "two-pass", count) / (latencyUs + wholeUs(results, shortest, "two-pass", count) - shortest),
    );
    const bound = conclude(
      below(1.05, ...ratios),
      "its bound, the latency and the software",
      "the latency and the software, which are no bound then",
    );
    return figures`two-pass at ${latencyUs} us takes ${gpus.map((count, i) => `${ratios[i].toFixed(2)} (${count})`).join(", ")} of ${bound}.`;
  });
}
