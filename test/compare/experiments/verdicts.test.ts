import { describe, expect, it } from "vitest";
import { EXPERIMENTS } from "../../../src/compare/catalogue.ts";
import type { Experiment } from "../../../src/compare/experiment.ts";
import { measured } from "../../report/comparisons.ts";

const OPTIONS = {
  designs: ["two-pass", "single-pass", "finish-at-range-end"],
  gpus: [1, 64],
  tlbLatencyUs: [2, 40],
  cpus: 1,
  seed: 1,
};
const VERDICT = /^(?:Confirmed|Not confirmed): .*\d/;

/** Claims that a design differs from another. */
const DIFFERENCES = new Set(["scaling", "second-walk", "shared-lock", "device-lock", "exhaustion", "mixes", "passes", "readers"]);

function concludeOnEqual(experiment: Experiment) {
  const results = experiment.trials(OPTIONS).map(({ labels }) => ({ labels, measured: measured(40, 50) }));
  return experiment.conclude(results, OPTIONS);
}

const named = EXPERIMENTS.map((experiment) => [experiment.name, experiment] as const);

describe("an experiment", () => {
  it.each(named)("%s answers with a verdict first, and figures", (_name, experiment) => {
    const { answer, table } = concludeOnEqual(experiment);
    expect(answer[0]).toMatch(VERDICT);
    expect(table.rows.length).toBeGreaterThan(0);
  });

  it.each(named.filter(([name]) => DIFFERENCES.has(name)))(
    "%s does not confirm its claim where all machines measure the same",
    (_name, experiment) => {
      expect(concludeOnEqual(experiment).answer[0]).toMatch(/^Not confirmed/);
    },
  );
});
