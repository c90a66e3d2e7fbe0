import { loadNamed } from "../../bundle/user_module.ts";
import { World } from "../../boot/world.ts";
import { MACHINE_OPTIONS } from "../../compare/experiment.ts";
import { plannedTrials, type ComparePlan } from "../../compare/run.ts";
import type { GpuProfile } from "../../boot/config.ts";
import { DEFAULT_COSTS, type StepCosts } from "../../executor/simulator/costs.ts";
import type { CompareCommandOptions } from "./compare_options.ts";
import { readCosts } from "./costs_file.ts";

/** All that a comparison needs, checked. */
export interface CommandPlan extends ComparePlan {
  readonly executor: CompareCommandOptions["executor"];
  readonly costs: StepCosts;
  readonly jobs: number;
}

/**
 * What the options come to, with the user's modules loaded.
 *
 * @throws UserModuleError, CostsError; RangeError for a machine that cannot be, such as a driver with another core than its own
 */
export async function comparePlan(asked: CompareCommandOptions): Promise<CommandPlan> {
  const { experiments, gpus, tlbLatencyUs, cpus, seed, mix, executor, jobs } = asked;
  const costs = asked.costs === null ? DEFAULT_COSTS : readCosts(asked.costs);
  const designs: string[] = [];
  for (const design of asked.designs) designs.push(await loadNamed("driver", design));
  const profiles = mix?.map((latencyUs): GpuProfile => ({ tlbLatencyUs: latencyUs }));
  const plan = {
    experiments,
    options: { designs, gpus, tlbLatencyUs, cpus, seed },
    change: profiles === undefined ? {} : { profiles },
    executor,
    costs,
    jobs,
  };
  checkMachines(plan);
  return plan;
}

/** Build the first machine of each design in each experiment, so that one that cannot be is refused before anything runs. */
function checkMachines(plan: ComparePlan): void {
  const worlds = new Map<string, World>();
  for (const {
    experiment,
    trial: { config },
  } of plannedTrials(plan)) {
    const design = `${experiment.name} ${config.driver}`;
    if (!worlds.has(design)) worlds.set(design, new World(config));
  }
}

/** The configuration as it is printed before anything runs: what makes a difference. */
export function shownConfig({ experiments, options, change, executor, jobs }: CommandPlan): Record<string, unknown> {
  const used = MACHINE_OPTIONS.filter((option) => experiments.some(({ uses }) => uses.includes(option)));
  return {
    executor,
    experiments: experiments.map(({ name }) => name),
    ...Object.fromEntries(used.map((option) => [option, options[option]])),
    ...(change.profiles === undefined ? {} : { mix: change.profiles.map(({ tlbLatencyUs: us }) => us) }),
    ...(executor === "simulator" ? { jobs } : {}),
  };
}
