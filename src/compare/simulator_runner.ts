import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import { userModulesPrelude } from "../bundle/user_module.ts";
import type { StepCosts } from "../executor/simulator/costs.ts";
import { bundleWorker } from "../bundle/bundle.ts";
import type { Measured } from "../report/comparison.ts";
import type { TrialRunner } from "./run.ts";
import type { Trial } from "./trial.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What a worker gets to do. Plain data: it crosses threads. */
export interface TrialTask {
  readonly trial: Trial;
  readonly costs: StepCosts;
}

/** Runs trials in the simulator, each on whichever worker is free. */
export class SimulatorRunner implements TrialRunner {
  readonly jobs: number;
  readonly #pool: Piscina;
  readonly #costs: StepCosts;

  private constructor(bundle: string, jobs: number, costs: StepCosts) {
    this.jobs = jobs;
    this.#costs = costs;
    this.#pool = new Piscina({ filename: bundle, minThreads: jobs, maxThreads: jobs, execArgv: ["--enable-source-maps"] });
  }

  /** @param designs absolute paths of the user's modules are bundled; other names are built in */
  static async start(jobs: number, costs: StepCosts, designs: readonly string[]): Promise<SimulatorRunner> {
    const bundle = await bundleWorker({
      root: ROOT,
      entry: `${ROOT}workers/compare.ts`,
      prelude: userModulesPrelude(ROOT, designs),
    });
    return new SimulatorRunner(bundle, jobs, costs);
  }

  measure(trial: Trial): Promise<Measured> {
    const task: TrialTask = { trial, costs: this.#costs };
    return this.#pool.run(task, { name: "measureTrial" }) as Promise<Measured>;
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }
}
