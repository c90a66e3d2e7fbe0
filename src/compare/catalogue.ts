import type { Experiment } from "./experiment.ts";
import { deviceLock } from "./experiments/device_lock.ts";
import { exhaustion } from "./experiments/exhaustion.ts";
import { finishSource } from "./experiments/finish_source.ts";
import { mixes } from "./experiments/mixes.ts";
import { overview } from "./experiments/overview.ts";
import { passes } from "./experiments/passes.ts";
import { preemption } from "./experiments/preemption.ts";
import { readers } from "./experiments/readers.ts";
import { scaling } from "./experiments/scaling.ts";
import { secondWalk } from "./experiments/second_walk.ts";
import { sharedLock } from "./experiments/shared_lock.ts";

/** All questions that are asked of designs, in the order of reports. */
export const EXPERIMENTS: readonly Experiment[] = [
  scaling,
  overview,
  passes,
  secondWalk,
  sharedLock,
  deviceLock,
  exhaustion,
  finishSource,
  mixes,
  preemption,
  readers,
];

/** Those whose machines also run on real threads, one for each GPU. */
export const THREADS_EXPERIMENTS: readonly Experiment[] = [scaling];
