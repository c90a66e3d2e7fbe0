import { randomInt } from "node:crypto";
import { isUserModule, loadUserModule } from "../../bundle/user_module.ts";
import { bugNamed } from "../../bugs/catalogue.ts";
import { EXHAUSTIVE_STRATEGIES, strategyKind } from "../../executor/explorer/strategy/catalogue.ts";
import { formatFinishOption } from "../../driver/options.ts";
import { groundsOf } from "../../hunt/search/grounds.ts";
import { explorerBundle } from "../../bundle/explorer_bundle.ts";
import { differenceOf, identityOf, type HuntState } from "../../hunt/search/hunt_state.ts";
import type { HuntOptions } from "../../hunt/search/options.ts";
import { quoteCommand } from "../../report/command_line.ts";
import { driverArguments } from "../common/driver_option.ts";
import { CheckpointError, readCheckpoint } from "./hunt_checkpoint.ts";
import { ALL, type HuntCommandOptions } from "./hunt_options.ts";

/** A hunt that is ready to go. */
export interface HuntPlan {
  readonly options: HuntOptions;
  /** The whole resolved configuration as it is printed and as it stands in the JSON. */
  readonly shown: Readonly<Record<string, unknown>>;
  /** Where the hunt goes on; null: it begins. */
  readonly from: HuntState | null;
  /** Command line that does the same again. */
  readonly reproduce: string;
}

/**
 * What is to be hunted through, with the user's own modules loaded.
 *
 * @throws UserModuleError, CheckpointError
 * @throws RangeError if this strategy has no checkpoints
 */
export async function huntPlan(asked: HuntCommandOptions): Promise<HuntPlan> {
  const bug = asked.bug === null ? null : bugNamed(asked.bug);
  const driver = await loaded("driver", asked.driver ?? bug?.driver ?? null);
  const scenario = asked.scenario === ALL ? null : await loaded("play", asked.scenario ?? bug?.play ?? null);
  const { finish, gpus, cpus, schedules, seconds, jobs } = asked;
  const from = startOf(asked);
  const seed = asked.seed ?? from?.identity.seed ?? randomInt(2 ** 32);
  const configs = groundsOf({ driver, scenario, gpus, cpus, faults: bug?.faults, finish: finish ?? undefined });
  const options: HuntOptions = {
    configs,
    bug,
    modules: [driver, scenario].filter((name) => name !== null && isUserModule(name)) as string[],
    strategy: { ...asked.strategy, seed },
    schedules,
    seconds,
    jobs,
    checkDeterminism: asked.checkDeterminism,
    keepGoing: bug === null,
  };
  if (from !== null) await assertOfThis(asked.checkpoint!, from, options);
  return {
    options,
    shown: {
      drivers: unique(configs.map((config) => config.driver)),
      scenarios: unique(configs.map((config) => config.scenario)),
      bug: asked.bug,
      ...(finish === null ? {} : { finish: formatFinishOption(finish) }),
      gpus,
      cpus,
      strategy: asked.strategy.name,
      depth: asked.strategy.depth,
      preemptions: asked.strategy.preemptions,
      until: [...(seconds === null ? [] : [`${seconds} s`]), ...(schedules === null ? [] : [`${schedules} schedules each`])],
      jobs,
    },
    from,
    reproduce: commandOf({ ...asked, seed }),
  };
}

/** What a former process left, if it did. */
function startOf({ checkpoint, strategy: { name } }: HuntCommandOptions): HuntState | null {
  if (checkpoint === null) return null;
  if (strategyKind(name).isExhaustive) return readCheckpoint(checkpoint);
  throw new RangeError(
    `--checkpoint: ${name} never comes to an end that it could be on its way to. Allowed: ${EXHAUSTIVE_STRATEGIES.join(", ")}.`,
  );
}

/** @throws CheckpointError if it is another hunt's */
async function assertOfThis(file: string, { identity }: HuntState, options: HuntOptions): Promise<void> {
  const difference = differenceOf(identity, identityOf(options, await explorerBundle(options.bug, options.modules)));
  if (difference !== null) throw new CheckpointError(file, difference);
}

async function loaded(kind: "driver" | "play", name: string | null): Promise<string | null> {
  return name !== null && isUserModule(name) ? await loadUserModule(kind, name) : name;
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}

function commandOf({
  driver,
  scenario,
  bug,
  finish,
  gpus,
  cpus,
  strategy: { name: strategy, depth, preemptions },
  schedules,
  seconds,
  seed,
  checkDeterminism,
}: HuntCommandOptions): string {
  const given = {
    scenario,
    bug,
    finish: finish === null ? null : formatFinishOption(finish),
    gpus,
    cpus,
    strategy,
    depth,
    preemptions,
    schedules,
    seconds,
    seed,
  };
  const args = Object.entries(given).flatMap(([name, value]) => (value === null ? [] : [`--${name}`, String(value)]));
  if (checkDeterminism) args.push("--check-determinism");
  return quoteCommand(["npx", "tsx", "scripts/hunt.ts", ...(driver === null ? [] : driverArguments(driver)), ...args]);
}
