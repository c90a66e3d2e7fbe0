import type { HuntMachine } from "../machine/hunt_machine.ts";
import type { Place } from "./finding.ts";

/**
 * What hunts put into tokens beside the decisions: of the machine, the bug, and the steps of the execution that found the
 * failure.
 */
export type TokenPlace = Pick<Place, "machine" | "bug" | "steps">;

/** As it stands in tokens, whose spelling does not change: a play is called a scenario there. */
interface TokenConfig extends Pick<Place, "bug" | "steps"> {
  readonly machine: Omit<HuntMachine, "play"> & { readonly scenario: string };
}

export function writeTokenConfig({ machine, bug, steps }: TokenPlace): unknown {
  const { driver, play, gpus, cpus, skip, faults, finish } = machine;
  const config: TokenConfig = { machine: { driver, scenario: play, gpus, cpus, skip, faults, finish }, bug, steps };
  return config;
}

/** @param config of a token that a hunt has printed */
export function readTokenConfig(config: unknown): TokenPlace {
  const { machine, bug, steps } = config as TokenConfig;
  const { scenario, ...rest } = machine;
  return { machine: { ...rest, play: scenario }, bug, steps };
}
