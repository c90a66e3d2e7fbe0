import type { TrialResult } from "../../report/comparison.ts";
import type { Experiment } from "../experiment.ts";
import { trialMachine } from "../machine.ts";
import { measuredAt, plotOf, tableOf, time, verdict, type Figure } from "../results.ts";

const DESIGN = "two-pass";
const CPUS = [1, 2, 3, 4, 5, 6, 7, 9] as const;
/** A reader that waits for ever must not keep us waiting. */
const VIRTUAL_SECONDS = 0.05;

const WAITS: Figure = { title: "waits", unit: "", of: ({ readerWaits }) => readerWaits };
const MEDIAN: Figure = { title: "p50", unit: "us", of: ({ readerWaitUs }) => readerWaitUs.p50 };
const TAIL: Figure = { title: "p99", unit: "us", of: ({ readerWaitUs }) => readerWaitUs.p99 };
const LONGEST: Figure = { title: "longest", unit: "us", of: ({ readerWaitUs }) => readerWaitUs.max };

/** How long invalidations that are none of its business keep a reader waiting. */
export const readers: Experiment = {
  name: "readers",
  question: "How long can unrelated overlapping invalidations keep a reader waiting?",
  claim: "Without bound: a reader waits until all overlapping invalidations of the whole mm are over, and nothing ages (RULES 11).",
  setting: "One CPU takes a page away from a GPU and reads it again; the others invalidate, without a pause, what its notifier does not watch and no GPU has.",
  trials: (options) => CPUS.map((cpus) => ({
    labels: { design: DESIGN, others: cpus - 1 },
    config: trialMachine({ driver: DESIGN, gpus: 1, cpus, scenario: "unrelated", tlbLatencyUs: 40, seed: options.seed }),
    invalidations: 10_000, seconds: VIRTUAL_SECONDS, isWatched: false,
  })),
  conclude: (results) => ({
    table: tableOf(results, [{ title: "others", unit: "" }], [WAITS, MEDIAN, TAIL, LONGEST]),
    plots: [plotOf(results.filter(({ labels }) => Number(labels["others"]) > 0), {
      name: "readers", title: "The longest wait of a reader", by: "design", x: "others", figure: LONGEST,
    })],
    answer: [verdictOf(results), ...CPUS.map((cpus) => {
      const { readerWaits, readerWaitUs, virtualUs } = measuredAt(results, { others: cpus - 1 });
      if (readerWaits === 0) return `${cpus - 1} others: it never waits.`;
      return `${cpus - 1} others: p50 ${time(readerWaitUs.p50)}, longest ${time(readerWaitUs.max)}, in a run of ${time(virtualUs)}.`;
    })],
  }),
};

/** No bound: somebody waited as long as the others went on. */
function verdictOf(results: readonly TrialResult[]): string {
  const shares = results.map(({ measured: { readerWaitUs, virtualUs } }) => readerWaitUs.max / virtualUs);
  const worst = shares.indexOf(Math.max(...shares));
  return verdict(shares[worst] > 0.5, `beside ${CPUS[worst] - 1} others a reader waited for ${(100 * shares[worst]).toFixed(0)} % of the whole run, until they had done.`);
}
