import { isUserModule, loadUserModule } from "../boot/user_module.ts";
import { BUGS } from "../bugs/catalogue.ts";
import { NO_FAULTS } from "../hunt/config.ts";
import { groundsOf } from "../hunt/grounds.ts";
import type { HuntOptions } from "../hunt/options.ts";
import { quoteCommand } from "../report/command_line.ts";
import { ALL, type HuntCommandOptions } from "./hunt_options.ts";

/** A hunt that is ready to go. */
export interface HuntPlan {
  readonly options: HuntOptions;
  /** The whole resolved configuration as it is printed and as it stands in the JSON. */
  readonly shown: Readonly<Record<string, unknown>>;
  /** Command line that does the same again. */
  readonly reproduce: string;
}

/**
 * What is to be hunted through, with the user's own modules loaded.
 *
 * @throws UserModuleError
 */
export async function huntPlan(asked: HuntCommandOptions): Promise<HuntPlan> {
  const bug = BUGS.find(({ name }) => name === asked.bug) ?? null;
  const driver = await loaded("driver", asked.driver ?? bug?.driver ?? null);
  const scenario = asked.scenario === ALL ? null : await loaded("play", asked.scenario ?? bug?.play ?? null);
  const { gpus, cpus, strategy, depth, preemptions, schedules, seconds, jobs, seed } = asked;
  const configs = groundsOf({ driver, scenario, gpus, cpus, faults: { ...NO_FAULTS, ...bug?.faults } });
  return {
    options: {
      configs, bug, modules: [driver, scenario].filter((name) => name !== null && isUserModule(name)) as string[],
      strategy, depth, preemptions, symmetry: false, schedules, seconds, jobs, seed, keepGoing: bug === null,
    },
    shown: {
      drivers: unique(configs.map((config) => config.driver)), scenarios: unique(configs.map((config) => config.scenario)), bug: asked.bug,
      gpus, cpus, strategy, depth, preemptions, until: [...(seconds === null ? [] : [`${seconds} s`]), ...(schedules === null ? [] : [`${schedules} schedules each`])], jobs,
    },
    reproduce: commandOf(asked),
  };
}

async function loaded(kind: "driver" | "play", name: string | null): Promise<string | null> {
  return name !== null && isUserModule(name) ? await loadUserModule(kind, name) : name;
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}

function commandOf({ driver, scenario, bug, gpus, cpus, strategy, depth, preemptions, schedules, seconds, seed }: HuntCommandOptions): string {
  const given = { driver, scenario, bug, gpus, cpus, strategy, depth, preemptions, schedules, seconds, seed };
  const args = Object.entries(given).flatMap(([name, value]) => (value === null ? [] : [`--${name}`, String(value)]));
  return quoteCommand(["npx", "tsx", "scripts/hunt.ts", ...args]);
}
