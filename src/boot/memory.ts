import type { WorkloadReplay } from "../scenario/workload.ts";
import type { MachineConfig } from "./config.ts";
import { Processor } from "./processor.ts";

/** Frames without which a machine would do nothing but reclaim. */
const LEAST_FRAMES = 2048;
const MIB = 2 ** 20;

/**
 * How many frames this machine can have in `memoryMib` MiB, everything else being given: its layout is measured, not guessed.
 *
 * @throws RangeError if too few are left
 */
export function framesThatFit(config: MachineConfig, replay: WorkloadReplay | null, memoryMib: number): number {
  const bytes = (frames: number) =>
    new Processor({ config: { ...config, frames }, replay, invalidations: Infinity, thread: 0 }).memoryWords * 4;
  const least = bytes(LEAST_FRAMES);
  const bytesPerFrame = (bytes(2 * LEAST_FRAMES) - least) / LEAST_FRAMES;
  const room = memoryMib * MIB - least;
  if (room < 0) {
    throw new RangeError(
      `--memory-mib ${memoryMib}: ${config.gpus} GPUs with ${config.contexts} contexts and ${config.cpus} CPUs need ` +
        `at least ${Math.ceil(least / MIB)} MiB`,
    );
  }
  return LEAST_FRAMES + Math.floor(room / bytesPerFrame);
}
