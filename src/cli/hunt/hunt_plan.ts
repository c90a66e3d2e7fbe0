import { randomInt } from "node:crypto";
import { loadNamed } from "../../bundle/user_module.ts";
import { bugNamed } from "../../bugs/catalogue.ts";
import { EXHAUSTIVE_STRATEGIES, strategyKind } from "../../executor/explorer/strategy/catalogue.ts";
import { formatFinishOption } from "../../driver/options.ts";
import { inDrawnOrder, machinesOf } from "../../hunt/search/machines.ts";
import { explorerBundle } from "../../bundle/explorer_bundle.ts";
import { differenceOf, identityOf, type HuntIdentity, type HuntState } from "../../hunt/search/hunt_state.ts";
import type { HuntMachine } from "../../hunt/machine/hunt_machine.ts";
import type { HuntOptions } from "../../hunt/search/options.ts";
import { commandAgain } from "../common/again.ts";
import { CheckpointError, readCheckpoint } from "./hunt_checkpoint.ts";
import { ALL, type HuntCommandOptions } from "./hunt_options.ts";

/** A hunt that is ready to go. */
export interface HuntPlan {
  readonly options: HuntOptions;
  /** Those of the options, in the order in which they are reported. */
  readonly machines: readonly HuntMachine[];
  /** See HuntCommandOptions. */
  readonly minSharePercent: number;
  /** The whole resolved configuration as it is printed and as it stands in the JSON. */
  readonly shown: Readonly<Record<string, unknown>>;
  /** Where the hunt goes on; null: it begins. */
  readonly from: HuntState | null;
  /** Of its checkpoints; null: it keeps none. */
  readonly identity: HuntIdentity | null;
  /** Command line that does the same again. */
  readonly reproduce: string;
}

/**
 * What is to be hunted through, with the user's own modules loaded.
 *
 * @throws UserModuleError, CheckpointError
 * @throws RangeError if this strategy has no checkpoints, or the machine is too large
 */
export async function huntPlan(asked: HuntCommandOptions): Promise<HuntPlan> {
  const bug = asked.bug === null ? null : bugNamed(asked.bug);
  const driver = await named("driver", asked.driver ?? bug?.driver ?? null);
  const play = await named("play", asked.scenario === ALL ? null : (asked.scenario ?? bug?.play ?? null));
  const { finish, gpus, cpus, schedules, seconds, everyTurn, minSharePercent, jobs } = asked;
  const from = startOf(asked);
  const seed = asked.seed ?? from?.identity.seed ?? randomInt(2 ** 32);
  const machines = machinesOf({ driver, play, gpus, cpus, faults: bug?.faults, finish: finish ?? undefined });
  const options: HuntOptions = {
    machines: inDrawnOrder(machines, seed),
    bug,
    bundle: await explorerBundle(
      bug,
      [driver, play].filter((name) => name !== null),
    ),
    strategy: { ...asked.strategy, seed },
    schedules,
    seconds,
    everyTurn,
    jobs,
    checkDeterminism: asked.checkDeterminism,
    keepGoing: bug === null,
  };
  const identity = asked.checkpoint === null ? null : identityOf(options);
  const difference = from === null || identity === null ? null : differenceOf(from.identity, identity);
  if (difference !== null) throw new CheckpointError(asked.checkpoint!, difference);
  return {
    options,
    machines,
    minSharePercent,
    shown: {
      drivers: unique(machines.map((machine) => machine.driver)),
      scenarios: unique(machines.map((machine) => machine.play)),
      bug: asked.bug,
      ...(finish === null ? {} : { finish: formatFinishOption(finish) }),
      gpus,
      cpus,
      strategy: asked.strategy.name,
      depth: asked.strategy.depth,
      preemptions: asked.strategy.preemptions,
      until: [
        ...(seconds === null ? [] : [`${seconds} s${everyTurn ? ", or a turn each" : ""}`]),
        ...(schedules === null ? [] : [`${schedules} schedules each`]),
      ],
      jobs,
    },
    from,
    identity,
    reproduce: commandAgain("hunt.ts", asked.again, seed),
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

async function named(kind: "driver" | "play", name: string | null): Promise<string | null> {
  return name === null ? null : await loadNamed(kind, name);
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
