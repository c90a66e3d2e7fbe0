import { isAbsolute, relative } from "node:path";
import * as v from "valibot";
import { TokenError } from "../../executor/explorer/replay/token.ts";
import { MAX_HUNT_CPUS, MAX_HUNT_GPUS, type HuntMachine } from "../machine/hunt_machine.ts";
import type { Place } from "./finding.ts";

/**
 * What hunts put into tokens beside the decisions: of the machine, the bug, and the steps of the execution that found the
 * failure.
 */
export type TokenPlace = Pick<Place, "machine" | "bug" | "steps">;

const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const Percent = v.pipe(v.number(), v.minValue(0), v.maxValue(100));
const upTo = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most));

/** As it stands in tokens, whose spelling does not change: a play is called a scenario there. */
const TokenConfig = v.strictObject({
  machine: v.strictObject({
    driver: v.string(),
    scenario: v.string(),
    gpus: upTo(MAX_HUNT_GPUS),
    cpus: upTo(MAX_HUNT_CPUS),
    skip: v.array(v.string()),
    faults: v.strictObject({
      allocationPercent: Percent,
      lostAnswerPercent: Percent,
      lateAnswerPercent: Percent,
      outOfOrderPercent: Percent,
      spuriousPercent: Percent,
    }),
    finish: v.optional(
      v.variant("kind", [
        v.strictObject({ kind: v.picklist(["pool", "shared-pool"]), size: Count }),
        v.strictObject({ kind: v.picklist(["embedded", "block", "join"]) }),
        v.strictObject({ kind: v.literal("nowait"), failPercent: Percent }),
      ]),
    ),
  }),
  bug: v.nullable(v.string()),
  steps: Count,
});

/** The user's own modules are named as seen from the working folder: a token says nothing of whose computer it is from. */
export function writeTokenConfig({ machine, bug, steps }: TokenPlace): unknown {
  const { driver, play, gpus, cpus, skip, faults, finish } = machine;
  const config: v.InferInput<typeof TokenConfig> = {
    machine: { driver: named(driver), scenario: named(play), gpus, cpus, skip: [...skip], faults, finish },
    bug,
    steps,
  };
  return config;
}

/**
 * @param config of a token that a hunt has printed
 * @throws TokenError if none has
 */
export function readTokenConfig(config: unknown): TokenPlace {
  const result = v.safeParse(TokenConfig, config);
  if (!result.success) {
    const place = v.getDotPath(result.issues[0]);
    throw new TokenError(
      `the token is of no hunt of this version${place === null ? "" : `: its ${JSON.stringify(place)} is not understood`}`,
    );
  }
  const { machine, bug, steps } = result.output;
  const { scenario, ...rest } = machine;
  return { machine: { ...rest, play: scenario }, bug, steps };
}

/** The same with the user's own modules where they are on this computer. */
export function withModules(config: unknown, { driver, play }: Pick<HuntMachine, "driver" | "play">): unknown {
  const { machine, ...rest } = config as v.InferInput<typeof TokenConfig>;
  return { ...rest, machine: { ...machine, driver, scenario: play } };
}

function named(name: string): string {
  if (!isAbsolute(name)) return name;
  const path = relative(process.cwd(), name);
  return path.startsWith(".") ? path : `./${path}`;
}
