/** Entry of the bundle that a comparison's workers run. */
import type { Measured } from "../src/report/comparison.ts";
import type { TrialTask } from "../src/compare/simulator_runner.ts";
import { measure } from "../src/compare/trial.ts";

export function measureTrial({ trial, costs }: TrialTask): Measured {
  return measure(trial, costs);
}
