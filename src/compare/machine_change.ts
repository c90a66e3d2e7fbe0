import type { MachineConfig } from "../boot/config.ts";

/** What all machines of a comparison are to have otherwise than their experiment says. */
export interface MachineChange {
  /** In what the GPUs differ, where the experiment does not say it. */
  readonly profiles?: NonNullable<MachineConfig["profiles"]>;
}

export function changedMachine(config: MachineConfig, { profiles }: MachineChange): MachineConfig {
  return profiles === undefined || config.profiles !== undefined ? config : { ...config, profiles };
}
