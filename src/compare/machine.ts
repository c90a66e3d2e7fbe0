import { DEFAULT_CONFIG, type MachineConfig } from "../boot/config.ts";

/** Frames for a GPU's page tables, and foreverything else. */
const FRAMES_PER_GPU = 8;
const OTHER_FRAMES = 512;

/**
 * The machine of an experiment, unless it says otherwise: one CPU takes pages away from idle GPUs. No larger than it has to be.
 */
export function trialMachine(config: Partial<MachineConfig> & Pick<MachineConfig, "driver" | "gpus" | "seed">): MachineConfig {
  return {
    ...DEFAULT_CONFIG,
    cpus: 1,
    contexts: 1,
    scenario: "one-page",
    frames: OTHER_FRAMES + config.gpus * FRAMES_PER_GPU,
    slabs: { mms: 8, vmas: 256, swapSlots: 64 },
    ...config,
  };
}
